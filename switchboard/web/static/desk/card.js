// The chosen call: who calls, what to say, what can be done, what came of it.

import * as api from "./api.js";
import { waits } from "./board.js";
import { grade, pressure, seconds, state, title, who } from "./call_words.js";
import { moment } from "./clock.js";
import { attribute, el, fill, write } from "./elements.js";
import { toSay } from "./greeting.js";
import { span, t } from "./words.js";

const EARLIER = 5;

export class Card {
  #history = new Map(); // number -> what the server answered
  #said = "";
  #other = false; // the sentences in the language that isn't the caller's

  /** `nodes`: elements by the name after `card-`; `say`: {zh: {key: sentence}, en: …}. */
  constructor(nodes, say) {
    this.nodes = nodes;
    this.say = say;
    nodes.turn.addEventListener("click", () => {
      this.#other = !this.#other;
      this.#said = "";
      this.turned?.();
    });
  }

  /** `view`: {extension, names, asking, presence(number), status, tone}. */
  show(call, view) {
    const n = this.nodes;
    attribute(n.empty, "hidden", Boolean(call));
    attribute(n.whole, "hidden", !call);
    if (!call) return;
    const { caller } = call;
    write(n.name, title(call));
    write(n.number, caller.name ? caller.number : "");
    write(n.organisation, caller.organisation);
    write(n.grade, grade(call));
    attribute(n.grade, "hidden", !grade(call));
    attribute(n.grade, "data-grade", caller.grade);
    write(n.dialled, call.dialled ? t("card.dialled", { number: who(call.dialled, view.names) }) : "");
    write(n.language, t(`language.${call.language}`));
    write(n.notes, caller.notes);
    attribute(n.notes, "hidden", !caller.notes);
    write(n.state, call.ended ? t(call.elsewhere ? "state.elsewhere" : "state.ended") : state(call, view.extension, view.names));
    write(n.place, call.state === "parked" && call.place ? String(call.place) : "");
    attribute(n.place, "hidden", n.place.textContent === "");
    attribute(n.whole, "data-state", call.ended ? "ended" : call.state);
    write(n.status, view.status);
    attribute(n.status, "data-tone", view.tone || null);
    attribute(n.status, "hidden", !view.status);
    this.tick(call);
    this.#read(call, view);
    this.#earlier(call, view.names);
  }

  /** The clock only. */
  tick(call) {
    if (!call) return;
    const passed = seconds(call);
    write(this.nodes.time, call.ended ? "" : span(passed));
    const clocked = !call.ended && waits(call);
    attribute(this.nodes.time, "data-pressure", clocked ? pressure(passed) : null);
  }

  /** What to read out. Written anew only when it is something else: nobody loses the line in mid-sentence. */
  #read(call, view) {
    const caller = call.language === "en" ? "en" : "zh";
    const language = this.#other ? (caller === "en" ? "zh" : "en") : caller;
    const keys = toSay(call, view.extension, view.asking, view.presence(call.target));
    const said = [call.id, language, ...keys].join("|");
    if (said === this.#said) return;
    this.#said = said;
    const [first, ...rest] = keys.map((key) => this.say[language]?.[key]).filter(Boolean);
    write(this.nodes.say, first ?? "");
    fill(this.nodes.say_next, ...rest.map((sentence) => el("li", { text: sentence })));
    for (const node of [this.nodes.say, this.nodes.say_next]) attribute(node, "lang", language === "zh" ? "zh-CN" : "en");
    write(this.nodes.turn, t(`language.${language === "zh" ? "en" : "zh"}`));
  }

  /** Earlier calls and open tickets: the numbers at once, the lines when they are there. */
  #earlier(call, names) {
    const { number, earlier, tickets } = call.caller;
    write(this.nodes.earlier, earlier ? t("card.earlier", { count: earlier }) : t("card.first"));
    write(this.nodes.tickets, tickets ? t("card.tickets", { count: tickets }) : "");
    attribute(this.nodes.tickets, "hidden", !tickets);
    const known = this.#history.get(number);
    const shown = known ? known.map((one) => one.id).join() : "";
    if (this.nodes.history.dataset.shown !== `${number}:${shown}`) {
      this.nodes.history.dataset.shown = `${number}:${shown}`;
      fill(this.nodes.history, ...(known ?? []).filter((one) => one.id !== call.id).map((one) => past(one, names)));
    }
    if (!known && number && earlier) this.#ask(number);
  }

  async #ask(number) {
    this.#history.set(number, []);
    try {
      const { calls } = await api.get(`/callers/${encodeURIComponent(number)}`);
      this.#history.set(number, calls.slice(0, EARLIER));
      this.turned?.();
    } catch {
      setTimeout(() => this.#history.delete(number), 10_000); // asked again when the card is drawn then
    }
  }

  /** What is known of a caller has changed: asked anew. */
  forget(number) {
    this.#history.delete(number);
  }
}

function past(one, names) {
  const to = one.connected_to ? who(one.connected_to, names) : who(one.dialled ?? "", names);
  return el("li", {}, el("time", { datetime: one.started, text: moment(one.started) }),
    el("span", { text: one.outcome ? t(`result.${one.outcome}`) : "" }), el("span", { text: to }));
}
