// The order buttons of the chosen call: one for each order, always in the same place, with their keys.

import { attribute, el, fill, icon } from "./elements.js";
import { keysOf } from "./keys.js";
import { t } from "./words.js";

/** Always in the same place, whatever the call's state: hands learn places. */
const ROWS = [
  ["answer", "hold", "hangup"],
  ["transfer", "consult", "park", "message", "voicemail"],
  ["screen", "serial", "camp", "queue", "complaint"],
];

export class OrderButtons {
  #buttons = new Map();

  /** `press(action)`. */
  constructor(node, press) {
    this.node = node;
    fill(node, ...ROWS.map((row, at) => el("div", { class: `orders-row orders-row-${at}` }, ...row.map((action) => {
      const label = el("span", { class: "order-label" });
      const keys = el("span", { class: "order-keys", "aria-hidden": "true" });
      const mark = el("span", { class: "order-icon" }, icon(action));
      const button = el("button", { type: "button", class: `order order-${action}`, data: { order: action }, on: { click: () => press(action) } }, mark, label, keys);
      this.#buttons.set(action, { button, label, keys });
      return button;
    }))));
    this.keys();
  }

  /** Writes the keys on the buttons anew. */
  keys() {
    for (const [action, { button, keys }] of this.#buttons) {
      fill(keys, ...keysOf(action).map((key) => el("kbd", { text: key })));
      attribute(button, "aria-keyshortcuts", keysOf(action).join(" "));
    }
  }

  /**
   * `orders`: what the call takes; `words`: labels that differ for now ({hold: "Fetch"}); `instead`: which
   * order a button gives for now ({hold: "answer"}); `busy`: the order under way.
   */
  show({ orders, instead = {}, words = {}, busy = "" }) {
    for (const [action, { button, label }] of this.#buttons) {
      const order = instead[action] ?? action;
      attribute(button, "disabled", !orders.has(order));
      attribute(button, "aria-busy", busy === order ? "true" : null);
      attribute(button, "data-means", order === action ? null : order);
      label.textContent = words[action] ?? t(`order.${action}`);
    }
  }
}
