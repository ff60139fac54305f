// The consultation: the caller hears music, the operator speaks with somebody; then the call is passed on or
// taken back. Also what the executive answered when the operator asked (A8).

import { isMine } from "./board.js";
import { who } from "./call_words.js";
import { attribute, el, fill, icon, write } from "./elements.js";
import { keysOf } from "./keys.js";
import { t } from "./words.js";

export class ConsultPanel {
  #shown = "";

  /** `press(action)`: connect, take_back; or message, deputy, answer after a refused screening. */
  constructor(node, press) {
    this.node = node;
    this.press = press;
    this.title = el("h3", { id: "consult-title" });
    this.line = el("p", { class: "consult-line", role: "status" });
    this.buttons = el("div", { class: "form-buttons" });
    fill(node, this.title, this.line, this.buttons);
    attribute(node, "aria-labelledby", "consult-title");
  }

  /** `view`: {extension, names, busy}. */
  show(call, view) {
    const kind = call && this.#kind(call, view.extension);
    attribute(this.node, "hidden", !kind);
    if (!kind) {
      this.#shown = "";
      return;
    }
    const target = who(call.consult?.target || call.target, view.names);
    write(this.title, t(`consult.${kind}.title`, { who: target }));
    const state = kind === "consult" ? call.consult.state || "calling" : kind === "refused" ? call.verdict : "asking";
    write(this.line, t(`consult.${kind}.${state}`, { who: target }));
    attribute(this.node, "data-kind", kind);
    attribute(this.node, "data-state", state);
    const shown = [kind, state, view.busy].join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    fill(this.buttons, ...this.#offered(kind, state).map((action, at) => this.#button(action, at === 0, view.busy)));
  }

  #kind(call, extension) {
    if (call.ended) return "";
    if (call.consult && call.consult.by === extension) return "consult";
    if (call.state === "screening") return "screening";
    const refused = call.verdict !== "" && call.verdict !== "accepted";
    return refused && isMine(call, extension) ? "refused" : "";
  }

  #offered(kind, state) {
    if (kind === "consult") return state === "talking" ? ["connect", "take_back"] : ["take_back", "connect"];
    return kind === "refused" ? ["message", "deputy"] : [];
  }

  #button(action, first, busy) {
    const keys = keysOf(action).map((key) => el("kbd", { text: key }));
    return el("button", {
      type: "button", class: first ? "primary" : "", disabled: Boolean(busy), data: { order: action }, on: { click: () => this.press(action) },
    }, icon(action), el("span", { text: t(`order.${action}`) }), ...keys);
  }
}
