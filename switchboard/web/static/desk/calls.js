// The list of calls. Only what is on the screen is in the document, so a thousand calls cost as much as ten.

import { PARTS } from "./board.js";
import { el, write } from "./elements.js";
import { Row } from "./row.js";
import { t } from "./words.js";

const ROW = 76; // pixels; desk.css says the same
const HEAD = 34;
const BEYOND = 3; // rows kept ready above and below what is seen

export class CallList {
  #rows = new Map(); // call id -> Row
  #heads = new Map(); // part -> element
  #items = [];

  /** `scroller` scrolls, `list` is inside it. `on.choose(id)`, `on.answer(id)`. */
  constructor(scroller, list, on) {
    this.scroller = scroller;
    this.list = list;
    this.on = on;
    this.view = null;
    scroller.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(scroller);
  }

  /** `parts` as Board.list makes them, plus "ended"; `view`: {extension, names, chosen, answerable(call)}. */
  show(parts, view) {
    this.view = view;
    this.#items = [];
    let top = 0;
    let at = 0;
    for (const part of [...PARTS, "ended"]) {
      const calls = parts[part] ?? [];
      if (!calls.length && part !== "waiting") continue;
      this.#items.push({ part, count: calls.length, top, height: HEAD });
      top += HEAD;
      for (const call of calls) {
        this.#items.push({ part, call, at: ++at, top, height: ROW });
        top += ROW;
      }
    }
    this.of = at;
    this.list.style.height = `${top}px`;
    this.draw();
  }

  /** Ids of all calls in the order shown, for the arrow keys. */
  get order() {
    return this.#items.filter((item) => item.call).map((item) => item.call.id);
  }

  /** Scrolls a call into sight. */
  reveal(id) {
    const item = this.#items.find((one) => one.call?.id === id);
    if (!item) return;
    const { scrollTop, clientHeight } = this.scroller;
    if (item.top < scrollTop + HEAD) this.scroller.scrollTop = item.top - HEAD;
    else if (item.top + item.height > scrollTop + clientHeight) this.scroller.scrollTop = item.top + item.height - clientHeight;
    this.draw();
  }

  /** Puts the keyboard on a call's row. */
  focus(id) {
    this.reveal(id);
    this.#rows.get(id)?.choose.focus({ preventScroll: true });
  }

  /** Draws what is in sight, as it is now. Also the ticking of the clocks. */
  draw() {
    if (!this.view) return;
    const from = this.scroller.scrollTop - BEYOND * ROW;
    const to = this.scroller.scrollTop + this.scroller.clientHeight + BEYOND * ROW;
    const seen = new Set();
    let before = null;
    for (const item of this.#items) {
      if (item.top + item.height < from || item.top > to) continue;
      const node = item.call ? this.#row(item, seen) : this.#head(item, seen);
      node.style.transform = `translateY(${item.top}px)`;
      if (before ? before.nextSibling !== node : this.list.firstChild !== node) {
        if (before) before.after(node);
        else this.list.prepend(node);
      }
      before = node;
    }
    this.#forget(seen);
  }

  #row(item, seen) {
    const { call } = item;
    seen.add(call.id);
    let row = this.#rows.get(call.id);
    if (!row) this.#rows.set(call.id, (row = new Row(call.id, this.on)));
    const { extension, names, chosen, answerable } = this.view;
    row.show(call, {
      part: item.part,
      at: item.at,
      of: this.of,
      chosen: chosen === call.id,
      answerable: answerable(call),
      extension,
      names,
    });
    return row.node;
  }

  #head(item, seen) {
    seen.add(item.part);
    let head = this.#heads.get(item.part);
    if (!head) {
      head = el("div", { class: "list-head", role: "listitem", data: { part: item.part } }, el("h3"), el("span", { class: "count" }));
      this.#heads.set(item.part, head);
    }
    write(head.firstChild, t(`part.${item.part}`));
    write(head.lastChild, String(item.count));
    return head;
  }

  #forget(seen) {
    for (const [id, row] of this.#rows) {
      if (seen.has(id) || row.node.contains(document.activeElement) && this.#items.some((i) => i.call?.id === id)) continue;
      row.node.remove();
      this.#rows.delete(id);
    }
    for (const [part, head] of this.#heads) {
      if (seen.has(part)) continue;
      head.remove();
      this.#heads.delete(part);
    }
  }
}
