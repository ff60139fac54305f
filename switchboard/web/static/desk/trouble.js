// What is wrong, in one place at the top, as long as it is wrong: the line to the switchboard, the telephone
// system, the session. Each says what it means for calls and what happens next.

import { announce } from "./announce.js";
import { attribute, el, fill, write } from "./elements.js";
import { t } from "./words.js";

const ORDER = ["signed_out", "line", "pbx", "extension"];

export class Troubles {
  #now = new Map();

  constructor(node) {
    this.node = node;
  }

  /** `kind` is wrong: `sentence` says so; `action` ({label, press}) may help. */
  raise(kind, sentence, action = null) {
    const before = this.#now.get(kind);
    if (before?.sentence === sentence) return;
    this.#now.set(kind, { sentence, action });
    if (!before) announce(sentence, true);
    this.#draw();
  }

  /** It is right again; `sentence` tells a screen reader. */
  clear(kind, sentence = "") {
    if (!this.#now.delete(kind)) return;
    announce(sentence);
    this.#draw();
  }

  has(kind) {
    return this.#now.has(kind);
  }

  #draw() {
    const kinds = ORDER.filter((kind) => this.#now.has(kind));
    attribute(this.node, "hidden", !kinds.length);
    const old = new Map([...this.node.children].map((child) => [child.dataset.kind, child]));
    fill(this.node, ...kinds.map((kind) => {
      const { sentence, action } = this.#now.get(kind);
      const line = old.get(kind) ?? el("div", { class: "trouble", data: { kind } }, el("span", { class: "trouble-says" }),
        action ? el("button", { type: "button", text: t(action.label), on: { click: action.press } }) : null);
      write(line.firstChild, sentence);
      return line;
    }));
  }
}
