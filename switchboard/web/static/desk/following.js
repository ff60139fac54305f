// What the server told, and what it means at the desk: new calls are said aloud, a call that ends with something
// half written stays, and the call in hand comes to the front.

import { announce } from "./announce.js";
import { cameBack, isMine, ringsAt } from "./board.js";
import { title } from "./call_words.js";
import { tidy } from "./drafts.js";
import { attribute } from "./elements.js";
import { next } from "./orders.js";
import { t } from "./words.js";

export class Following {
  #before = new Map(); // calls as they were told last

  constructor(desk) {
    this.desk = desk;
  }

  /** One event was taken in by the board. */
  told(kind, value) {
    if (kind === "board") this.#whole();
    else if (kind === "call") this.#call(this.desk.board.calls.get(String(value.id)));
    else if (kind === "gone") this.#gone(String(value.id), value.elsewhere === true);
    else if (kind === "phone") this.desk.directory.lamp(value.extension);
    else if (kind === "pbx") this.#pbx();
  }

  /**
   * Nobody chosen, or one that has ended with nothing to finish: a call in hand comes to the front by itself, else
   * the one to answer next. `parts` as Board.list makes them.
   */
  fallBack(parts) {
    const { desk } = this;
    const { call } = desk;
    if (!desk.board.known || desk.presses.formOpen || call && !call.ended) return;
    if (call?.ended && desk.ended.drafted(call.id)) return;
    const mine = parts.mine.find((one) => one.state === "talking") ?? parts.mine[0];
    const there = mine ?? next(parts, desk.extension);
    if (there) desk.choose(there.id, true);
    else if (desk.chosen !== null && !call) desk.choose(null);
  }

  #whole() {
    const { board, ended, giving, presses, may } = this.desk;
    const elsewhere = !may.has("live"); // or ended: who sees only their own calls isn't told
    giving.forget();
    this.#pbx();
    for (const id of board.calls.keys()) ended.drop(id); // it lives after all
    for (const [id, call] of this.#before) {
      if (!board.calls.has(id) && (elsewhere ? ended.drafted(id) : this.#unfinished(id))) ended.keep(call, elsewhere);
    }
    if (this.desk.chosen !== null && !this.desk.call) ended.recall(this.desk.chosen);
    this.#before = new Map(board.calls);
    if (!presses.formOpen) presses.chose(); // after a reload: the form that was open
    tidy(new Set([...board.calls.keys(), ...ended.ids(), this.desk.chosen ?? ""]));
  }

  #call(call) {
    const { desk } = this;
    const { extension } = desk;
    const before = this.#before.get(call.id);
    this.#before.set(call.id, call);
    desk.giving.told(call);
    desk.ended.drop(call.id);
    if (call.id === desk.chosen) desk.ended.remember(call);
    if (ringsAt(call, extension) && !(before && ringsAt(before, extension))) {
      announce(t(cameBack(call, extension) ? "notice.recall" : "notice.new", { who: title(call) }), true);
    }
    if (talksHere(call, extension) && !(before && talksHere(before, extension))) this.#inHand(call);
  }

  /** The handset was lifted: the operator works on this call now, whatever was being looked at. */
  #inHand(call) {
    const { desk } = this;
    const busy = desk.presses.formOpen || desk.call && !desk.call.ended && isMine(desk.call, desk.extension);
    if (!busy) desk.choose(call.id, true);
  }

  /** `elsewhere`: it goes on where this user doesn't see it; there is nothing left to finish but what was begun. */
  #gone(id, elsewhere) {
    const call = this.#before.get(id);
    this.#before.delete(id);
    this.desk.giving.gone(id);
    if (call && (elsewhere ? this.desk.ended.drafted(id) : this.#unfinished(id))) this.desk.ended.keep(call, elsewhere);
  }

  #unfinished(id) {
    return id === this.desk.chosen || this.desk.ended.drafted(id);
  }

  #pbx() {
    const { board, troubles } = this.desk;
    if (board.pbx === "up") troubles.clear("pbx", t("trouble.pbx_back"));
    else troubles.raise("pbx", t("trouble.pbx"));
    attribute(document.body, "data-pbx", board.pbx);
  }
}

function talksHere(call, extension) {
  return call.state === "talking" && call.with.includes(extension);
}
