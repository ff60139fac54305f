// What a key, a click or a chosen person means now: an order for the chosen call, a form, a place to go.

import * as api from "./api.js";
import { ringsAt, waits } from "./board.js";
import { draftOf, forget, keep, kept } from "./drafts.js";
import { attribute, fill } from "./elements.js";
import { CallForm } from "./forms.js";
import { NEEDS_TARGET } from "./orders.js";
import { UNSEEN_MS } from "./phone_line.js";
import { send, startOf } from "./sending.js";
import { meanings } from "./status.js";
import { t } from "./words.js";

const at = (id) => document.getElementById(id);
const SURPRISED_MS = 1000; // as long as a hand needs to see that another call is chosen
const SAFE = new Set(["answer", "connect", "take_back", "hold"]);
const MODES = new Set(["manual", "automatic", "away", "schedule"]);

export class Presses {
  formOpen = ""; // which form is open, or ""
  #picking = null; // the form that a person is looked for
  #surprised = -SURPRISED_MS; // when another call was chosen by itself
  #meantFor = null; // the call that what is typed into the search is for

  constructor(desk) {
    this.desk = desk;
    const on = (kind) => ({
      send: (call, values, target) => send[kind](this, call, values, target),
      close: () => this.close(),
      pick: (form) => this.#pick(form),
    });
    this.forms = Object.fromEntries(["screen", "message", "caller"].map((kind) => [kind, new CallForm(kind, on(kind))]));
  }

  /** One action of a key or a button. True when it meant something. */
  act(action) {
    const { desk } = this;
    if (MODES.has(action)) desk.mode.choose(action);
    else if (action === "keys") at("keys").showModal();
    else if (action === "search") desk.directory.open();
    else if (action === "up" || action === "down") desk.step(action === "up" ? -1 : 1);
    else if (action === "escape") this.#escape();
    else if (action === "answer") this.#answer();
    else if (action === "message" || action === "caller") this.#open(action);
    else this.#order(action);
    return true;
  }

  /** Another call came to the front by itself: a key that was on its way to the one before does nothing. */
  surprised() {
    this.#surprised = performance.now();
  }

  /** Another call was chosen by hand: what stands in the search is for that one. */
  expected(id) {
    this.#meantFor = id;
  }

  /** Somebody begins to type into the search: for the call that is chosen now. */
  searching() {
    this.#meantFor = this.desk.chosen;
  }

  /** Whether the hand still means the call that is chosen; else it is told to look and press again. */
  #sure(kind) {
    const changed = performance.now() - this.#surprised < SURPRISED_MS;
    if (!changed || SAFE.has(kind)) return true;
    this.desk.notices.say(t("why.changed"), "bad");
    return false;
  }

  /** Somebody was chosen in the directory. */
  async use(purpose, entry) {
    if (this.#picking?.open && (purpose === "form" || purpose === "screen")) {
      const form = this.#picking;
      this.#picking = null;
      this.desk.directory.clear();
      form.aim(entry.number, this.desk.directory.name(entry));
      return;
    }
    const { desk } = this;
    const call = desk.call;
    if (this.#meantFor !== desk.chosen) {
      this.#meantFor = desk.chosen;
      return desk.notices.say(t("why.changed"), "bad");
    }
    if (!this.#allowed(purpose, call)) return;
    if (entry.allowed === false) return desk.notices.say(t("why.may_not_dial", { number: entry.outside }), "bad");
    if (entry.number === desk.extension) return desk.notices.say(t("why.own"), "bad");
    if (purpose === "screen" || purpose === "transfer" && entry.kind === "screened") {
      if (purpose === "transfer") desk.notices.say(t("why.is_screened"));
      desk.directory.clear();
      this.#open("screen");
      this.forms.screen.aim(entry.number, desk.directory.name(entry));
      return;
    }
    if (purpose === "transfer" && entry.kind === "principal") desk.notices.say(t("why.is_principal"));
    desk.directory.clear();
    desk.focusCalls();
    await desk.giving.give(purpose, call, { target: entry.number });
  }

  /** Another call was chosen: its form is opened again where it was left open. */
  chose() {
    this.#show("");
    this.#picking = null;
    const { call } = this.desk;
    const kind = call ? kept(draftOf(call.id, "open"), "") : "";
    if (kind && this.forms[kind]) this.#show(kind, call);
  }

  close() {
    const { call } = this.desk;
    if (call) forget(draftOf(call.id, "open"));
    this.#show("");
    this.desk.directory.aim("transfer");
    this.#picking = null;
    this.desk.draw();
    this.desk.focusCalls();
  }

  #escape() {
    const { desk } = this;
    if (this.formOpen) this.close();
    else if (desk.directory.purpose !== "transfer") desk.directory.clear();
    else if (desk.call?.ended) desk.dismiss(desk.call.id);
    desk.focusCalls();
  }

  #allowed(kind, call) {
    const { orders, why } = this.desk.possible(call);
    if (orders.has(kind)) return true;
    this.desk.notices.say(why ? t(`why.${why}`) : t("why.not_now", { what: t(`order.${kind}`) }), "bad");
    return false;
  }

  async #order(action) {
    const { desk } = this;
    const { call } = desk;
    if (action === "deputy") return this.#deputy(call);
    const kind = meanings(call, desk.possible(call).orders).instead[action] ?? action;
    if (kind === "hangup" && !call && desk.line.here && desk.line.state.talking) return desk.line.hangup();
    if (!this.#sure(kind) || !this.#allowed(kind, call)) return undefined;
    if (kind === "answer") return this.#answer();
    if (kind === "screen") return this.#open("screen");
    if (kind === "hangup" && this.#hangsUpHere(call)) return this.desk.line.hangup();
    if (!NEEDS_TARGET.has(kind) && kind !== "queue") return desk.giving.give(kind, call);
    const entry = kind === "queue" ? null : await desk.directory.meant();
    return entry ? this.use(kind, entry) : desk.directory.open(kind);
  }

  /** A conversation of the phone in the page is ended there. */
  #hangsUpHere(call) {
    const { line, extension } = this.desk;
    return line.here && line.state.talking && call.state === "talking" && call.with.includes(extension);
  }

  /** The chosen call when it can be answered, else whoever waits longest. A ringing phone is answered itself. */
  async #answer() {
    const { desk } = this;
    const there = desk.nextCall;
    const rings = there && ringsAt(there, desk.extension);
    const meant = desk.call && desk.possible(desk.call).orders.has("answer") && (waits(desk.call) || !rings);
    const call = meant ? desk.call : there;
    if (desk.line.unseen(desk.board, desk.extension, call ? UNSEEN_MS : 0)) return desk.line.answer();
    if (!call) return desk.notices.say(t("none_waiting"));
    desk.choose(call.id);
    if (desk.line.here && desk.line.rings(call.id)) return desk.line.answer();
    if (ringsAt(call, desk.extension)) {
      return desk.notices.say(desk.line.here ? t("why.under_way") : t("order.pick_up", { extension: desk.extension }));
    }
    if (!this.#allowed("answer", call)) return undefined;
    desk.line.expect(call.id);
    if (!(await desk.giving.give("answer", call))) desk.line.unexpect();
    return undefined;
  }

  /** Whoever stands in for the executive who was asked. */
  #deputy(call) {
    const { desk } = this;
    if (!this.#allowed("transfer", call)) return undefined;
    const deputy = desk.data.deputies[call.target];
    return deputy ? desk.giving.give("transfer", call, { target: deputy }) : desk.directory.open("transfer");
  }

  #open(kind) {
    const { call } = this.desk;
    if (!call) return this.desk.notices.say(t("why.nobody"));
    if (kind === "caller" && !call.caller.number) return undefined;
    keep(draftOf(call.id, "open"), kind);
    this.#show(kind, call);
    this.desk.draw();
    this.forms[kind].focus();
    if (kind !== "caller" && !this.forms[kind].target) this.#pick(this.forms[kind]);
    return undefined;
  }

  #show(kind, call = null) {
    this.formOpen = kind;
    fill(at("form"), kind ? this.forms[kind].node : null);
    if (kind) this.forms[kind].show(call, startOf(kind, call, this.desk.names));
  }

  #pick(form) {
    this.#picking = form;
    this.desk.directory.open(form.kind === "screen" ? "screen" : "form");
  }

  /** The button to sign in to the desk or out of it. */
  showDuty() {
    const on = this.desk.board.mode?.operators?.includes(this.desk.extension) ?? null;
    const button = at("duty");
    attribute(button, "hidden", on === null || !this.desk.extension || !this.desk.may.has("duty"));
    attribute(button, "aria-pressed", on ? "true" : "false");
    const label = t(on ? "duty.out" : "duty.in");
    if (button.textContent !== label) button.textContent = label;
    attribute(button, "title", t(on ? "duty.is_in" : "duty.is_out"));
  }

  async duty() {
    const on = this.desk.board.mode?.operators?.includes(this.desk.extension);
    try {
      await api.post("/duty", { word: on ? "out" : "in" });
    } catch (error) {
      this.desk.notices.say(error.message, "bad");
    }
  }
}
