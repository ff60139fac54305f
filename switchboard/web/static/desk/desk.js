// The desk: what is chosen, what a key or a click means now, and drawing it all once per frame.

import { deskPhone } from "../phone/desk.js";
import * as api from "./api.js";
import { isMine } from "./board.js";
import { OrderButtons } from "./buttons.js";
import { Card } from "./card.js";
import { CallList } from "./calls.js";
import { PRESSURE, who } from "./call_words.js";
import { ConsultPanel } from "./consult.js";
import { Directory } from "./directory.js";
import { forget, keep, kept } from "./drafts.js";
import { attribute, write } from "./elements.js";
import { Ended } from "./ended.js";
import { Following } from "./following.js";
import { Giving } from "./giving.js";
import * as keys from "./keys.js";
import { ModeSwitch } from "./mode.js";
import { Notices } from "./notices.js";
import { next, possible } from "./orders.js";
import { PhoneLine, UNSEEN_MS } from "./phone_line.js";
import { Presses } from "./presses.js";
import { meanings, statusOf } from "./status.js";
import { t } from "./words.js";

const TICK_MS = 1000;
const RIGHTS = ["live", "order", "mode", "callers.edit"]; // what the page leaves out for who lacks it (card.css)
const at = (id) => document.getElementById(id);

export class Desk {
  extension = "";
  may = new Set(); // what this user is allowed, in the API's words
  chosen = null; // id of the chosen call
  names = new Map(); // number -> name
  #drawing = false;
  #parts = null;

  constructor(data, board, troubles) {
    this.data = data;
    this.board = board;
    this.troubles = troubles;
    PRESSURE.pressing = data.rings * data.ring_seconds;
    this.notices = new Notices(at("notices"));
    this.ended = new Ended();
    this.line = new PhoneLine(() => this.draw());
    this.following = new Following(this);
    this.giving = new Giving(() => this.draw(), (sentence, how) => this.notices.say(sentence, how));
    this.presses = new Presses(this);
    const press = (action) => this.presses.act(action);
    this.buttons = new OrderButtons(at("orders"), press);
    this.consult = new ConsultPanel(at("consult"), press);
    this.list = new CallList(at("calls-scroll"), at("calls"), {
      choose: (id) => this.choose(id),
      answer: (id) => (this.choose(id), press("answer")),
    });
    this.card = new Card(cardNodes(), data.say);
    this.card.turned = () => this.draw();
    this.directory = new Directory(
      { input: at("search"), results: at("results"), purposeNode: at("purpose"), status: at("found") },
      {
        use: (purpose, entry) => this.presses.use(purpose, entry),
        began: () => this.presses.searching(),
        typed: (text) => keep("search", text),
        leave: () => this.focusCalls(),
      },
      { language: data.language, names: this.names, phones: () => this.board.phones },
    );
    this.mode = new ModeSwitch(
      { now: at("mode-now"), by: at("mode-by"), choices: at("mode-choices"), until: at("mode-until"), away: at("away") },
      { problem: (sentence) => this.notices.say(sentence, "bad") },
      () => this.board.mode,
    );
    at("caller-edit").addEventListener("click", () => press("caller"));
    at("keys-open").addEventListener("click", () => press("keys"));
    at("phone-choice").addEventListener("click", () => this.line.choose(!this.line.chosen));
    at("duty").addEventListener("click", () => this.presses.duty());
    keys.fillList(at("keys"), () => this.relabel());
    keys.listen((action) => this.#act(action), (text) => this.directory.type(text));
    setInterval(() => this.#tick(), TICK_MS);
    this.directory.show();
  }

  /** Who sits at this desk. */
  isFor(me) {
    this.extension = me.extension ?? "";
    this.may = new Set(me.permissions);
    attribute(document.body, "data-without", RIGHTS.filter((right) => !this.may.has(right)).join(" ") || null);
    this.directory.plain = !this.may.has("order");
    this.directory.show();
    write(at("card-none_says"), t(this.may.has("live") ? "card.none_says" : "card.none_says_own"));
    this.mode.allow(this.may.has("mode"));
    if (this.extension) this.troubles.clear("extension");
    else this.troubles.raise("extension", t("trouble.extension"));
    if (!this.begun) {
      this.begun = true;
      if (this.extension && this.may.has("phone")) this.line.offer(() => this.#phone());
      this.chosen = kept("chosen", null);
      this.directory.restore(kept("search", ""));
      this.#learnNames();
    }
    this.draw();
  }

  /** A key; true when it meant something. What this user may not do isn't begun. */
  #act(action) {
    if (action !== "caller" || this.may.has("callers.edit")) return this.presses.act(action);
    this.notices.say(t("why.watching"));
    return true;
  }

  /** The phone in the page. */
  #phone() {
    return deskPhone({
      place: at("phone"),
      credentials: () => api.get("/phone"),
      order: (call, kind) => api.post(`/calls/${encodeURIComponent(call)}/orders`, { kind }),
      say: (sentence, bad) => this.notices.say(sentence, bad ? "bad" : undefined),
    });
  }

  /** One event was taken in by the board. */
  told(kind, value) {
    this.following.told(kind, value);
    this.draw();
  }

  get call() {
    return this.chosen === null ? null : (this.board.calls.get(this.chosen) ?? this.ended.get(this.chosen));
  }

  /** Chooses a call. `byItself`: nobody asked for it; what was on its way to the other call must not hit this one. */
  choose(id, byItself = false) {
    if (this.chosen === id) return;
    if (byItself && this.chosen !== null) this.presses.surprised();
    else if (!byItself) this.presses.expected(id);
    this.#leaving();
    this.chosen = id;
    keep("chosen", id);
    if (this.call && !this.call.ended) this.ended.remember(this.call);
    this.presses.chose();
    this.draw();
  }

  /** Moves the choice up or down the list. */
  step(by) {
    const order = this.list.order;
    if (!order.length) return;
    const here = order.indexOf(this.chosen);
    const there = here < 0 ? (by > 0 ? 0 : order.length - 1) : Math.min(order.length - 1, Math.max(0, here + by));
    this.choose(order[there]);
    this.#drawNow();
    this.list.focus(order[there]);
  }

  /** The call that an answer without a choice means. */
  get nextCall() {
    return next(this.#parts ?? this.board.list(this.extension), this.extension);
  }

  /** What may be ordered for a call now, with an order on its way counted in. */
  possible(call) {
    if (!call || call.ended) return { orders: new Set(), why: call ? "" : "nobody" };
    if (!this.may.has("order")) return { orders: new Set(), why: "watching" };
    const pending = this.giving.pending(call.id);
    const present = this.board.mode?.operators?.includes(this.extension) ?? true;
    return possible(pending ? { ...call, order: call.order ?? pending } : call, this.extension, present);
  }

  focusCalls() {
    if (this.chosen !== null && this.list.order.includes(this.chosen)) this.list.focus(this.chosen);
    else at("call").focus();
  }

  relabel() {
    this.buttons.keys();
    this.mode.keys();
  }

  /** Draws with the next frame, or at once where no frame would come. */
  draw() {
    if (this.#drawing) return;
    this.#drawing = true;
    if (document.hidden) queueMicrotask(() => this.#drawNow());
    else requestAnimationFrame(() => this.#drawNow());
  }

  #drawNow() {
    this.#drawing = false;
    this.#parts = this.board.list(this.extension);
    this.following.fallBack(this.#parts);
    const parts = { ...this.#parts, ended: this.ended.list() };
    this.list.show(parts, {
      extension: this.extension,
      names: this.names,
      chosen: this.chosen,
      answerable: (call) => !call.ended && this.possible(call).orders.has("answer"),
    });
    this.#drawCard();
    this.mode.show();
    this.#drawStrip(this.#parts.waiting.length);
  }

  #drawCard() {
    const call = this.call;
    const { orders, why } = this.possible(call);
    const order = call && (call.order ?? this.giving.pending(call.id));
    const known = why === "watching" && call && isMine(call, this.extension); // on the own phone nobody only looks on
    const [status, how] = statusOf(call, order, known ? "" : why, this);
    this.card.show(call, {
      extension: this.extension,
      names: this.names,
      asking: this.presses.formOpen === "screen",
      presence: (number) => this.board.phones.get(number) ?? "",
      status,
      tone: how,
    });
    if (!call) return;
    this.buttons.show({ orders: new Set([...orders, "message"]), ...meanings(call, orders), busy: order?.kind ?? "" });
    this.consult.show(call, { extension: this.extension, names: this.names, busy: Boolean(order) });
  }

  #drawStrip(waiting) {
    write(at("calls-waiting"), waiting ? t("count_waiting", { count: waiting }) : t("none_waiting"));
    attribute(at("calls-waiting"), "data-some", waiting ? "true" : null);
    document.title = `${waiting ? `(${waiting}) ` : ""}${t("title")}`;
    const phone = this.extension ? (this.board.phones.get(this.extension) ?? "unreachable") : "";
    const says = phone ? t("phone.desk", { extension: this.extension, state: t(`presence.${phone}`) }) : "";
    const unseen = this.line.unseen(this.board, this.extension, UNSEEN_MS);
    const rings = unseen && t("phone.rings", { who: who(unseen.number, this.names) });
    write(at("duty-says"), rings || (this.line.chosen ? "" : says));
    attribute(at("phone-choice"), "hidden", !this.line.offered);
    attribute(at("phone-choice"), "aria-pressed", this.line.chosen ? "true" : "false");
    attribute(at("duty-says"), "data-presence", phone || null);
    this.presses.showDuty();
  }

  #tick() {
    this.list.draw();
    this.card.tick(this.call);
    if (this.line.unseen(this.board, this.extension)) this.draw();
  }

  /** Leaving a call that has ended and has nothing half written: it is done with. */
  #leaving() {
    if (this.chosen !== null && this.ended.get(this.chosen) && !this.ended.drafted(this.chosen)) this.ended.drop(this.chosen);
  }

  /** Done with an ended call. */
  dismiss(id) {
    this.ended.drop(id);
    if (this.chosen === id) {
      this.chosen = null;
      forget("chosen");
    }
    this.draw();
  }

  async #learnNames() {
    try {
      const answer = await api.get("/directory?q=&limit=200");
      for (const entry of answer) this.names.set(entry.number, this.directory.name(entry));
      this.draw();
    } catch {
      // names come with the next search
    }
  }
}

/** The elements of the card, by the name after "card-". */
function cardNodes() {
  return Object.fromEntries([...document.querySelectorAll('[id^="card-"]')].map((node) => [node.id.slice(5), node]));
}
