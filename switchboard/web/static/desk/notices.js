// Short notices of what came of something; the latest three, and each goes by itself.

import { announce } from "./announce.js";
import { el } from "./elements.js";
import { t } from "./words.js";

const SECONDS = { good: 6, plain: 8, bad: 20 };
const MOST = 3;

export class Notices {
  constructor(node) {
    this.node = node;
  }

  /** `tone`: good, plain or bad. */
  say(sentence, tone = "plain") {
    if (!sentence) return;
    announce(sentence, tone === "bad");
    const notice = el("div", { class: "notice", data: { tone } }, el("span", { text: sentence }));
    const close = el("button", { type: "button", class: "notice-close", "aria-label": t("notice.close"), text: "×", on: { click: () => notice.remove() } });
    notice.append(close);
    this.node.append(notice);
    while (this.node.children.length > MOST) this.node.firstChild.remove();
    setTimeout(() => notice.remove(), SECONDS[tone] * 1000);
  }

  clear() {
    this.node.replaceChildren();
  }
}
