// One call in the list. A row is made once per call and then only rewritten where something changed.

import { waits } from "./board.js";
import { aloud, grade, pressure, seconds, state, title } from "./call_words.js";
import { attribute, el, icon, write } from "./elements.js";
import { span, t } from "./words.js";


export class Row {
  #shown = "";

  /** `on.choose(id)` and `on.answer(id)` are called by the mouse; the keyboard has its own ways. */
  constructor(id, on) {
    this.id = id;
    this.name = el("span", { class: "row-name" });
    this.grade = el("span", { class: "badge" });
    this.number = el("span", { class: "row-number" });
    this.organisation = el("span", { class: "row-organisation" });
    this.what = el("span", { class: "row-state" });
    this.time = el("span", { class: "row-time" });
    this.second = el("span", { class: "row-line row-small" }, this.number, this.organisation);
    this.choose = el(
      "button",
      { type: "button", class: "row-choose", tabindex: "-1", data: { call: id }, on: { click: () => on.choose(id) } },
      el("span", { class: "row-line" }, this.name, this.grade, this.time),
      this.second,
      el("span", { class: "row-line row-small" }, this.what),
    );
    this.answer = el(
      "button",
      { type: "button", class: "row-answer", tabindex: "-1", on: { click: () => on.answer(id) } },
      icon("answer"),
    );
    this.node = el("div", { class: "row", role: "listitem" }, this.choose, this.answer);
  }

  /** `view`: {part, chosen, answerable, extension, names, at, of}: place in the list and what the page knows. */
  show(call, view) {
    const waited = seconds(call);
    const clocked = waits(call);
    write(this.time, span(waited));
    attribute(this.node, "data-pressure", clocked && !call.ended ? pressure(waited) : null);
    attribute(this.node, "aria-posinset", view.at);
    attribute(this.node, "aria-setsize", view.of);
    attribute(this.choose, "aria-current", view.chosen ? "true" : null);
    attribute(this.choose, "tabindex", view.chosen ? "0" : "-1");
    const words = state(call, view.extension, view.names);
    const shown = [call.caller.name, call.caller.number, call.caller.organisation, call.caller.grade, words, view.part].join("\n");
    attribute(this.choose, "aria-label", aloud(call, view.extension, view.names));
    attribute(this.answer, "hidden", !view.answerable);
    if (shown === this.#shown) return;
    this.#shown = shown;
    attribute(this.node, "data-part", view.part);
    attribute(this.node, "data-state", call.state);
    write(this.name, title(call));
    write(this.number, call.caller.name ? call.caller.number : "");
    write(this.organisation, call.caller.organisation);
    write(this.grade, grade(call));
    attribute(this.grade, "hidden", !grade(call));
    attribute(this.grade, "data-grade", call.caller.grade);
    attribute(this.second, "hidden", !call.caller.organisation && !call.caller.name);
    write(this.what, call.ended ? t(call.elsewhere ? "state.elsewhere" : "state.ended") : words);
    attribute(this.answer, "aria-label", t("order.answer_who", { who: title(call) }));
  }
}
