// Giving orders: one at a time for each call, with what came of it.

import * as api from "./api.js";
import { body } from "./orders.js";
import { known, t } from "./words.js";

const ASK_AGAIN_MS = 1500; // when the board hasn't told what became of an order
const ASKED_AT_MOST = 20;

export class Giving {
  #pending = new Map(); // call id -> {kind, target, id}

  /** `changed()`: something to draw anew; `notice(sentence, tone)`. */
  constructor(changed, notice) {
    this.changed = changed;
    this.notice = notice;
  }

  /** The order on its way for a call, which the server may not have shown yet; or null. */
  pending(call) {
    return this.#pending.get(call) ?? null;
  }

  /** Gives an order. True when the server took it. */
  async give(kind, call, { target = "", typed = null } = {}) {
    if (this.#pending.has(call.id)) return false;
    const order = { kind, target, id: null, settled: false };
    this.#pending.set(call.id, order);
    this.changed();
    try {
      const answer = await api.post(`/calls/${encodeURIComponent(call.id)}/orders`, body(kind, target, typed));
      order.id = answer?.id ?? null;
      if (order.settled) this.#over(call.id, order); // events were faster than the answer
      else this.#follow(call.id, order);
      return true;
    } catch (error) {
      this.#pending.delete(call.id);
      this.notice(error.message, "bad");
      this.changed();
      return false;
    }
  }

  /** The server told something of this call: what it says now counts. */
  told(call) {
    const order = this.#pending.get(call.id);
    if (!order || !(call.order || settled(call.last, order))) return;
    order.settled = true;
    if (order.id !== null) this.#over(call.id, order);
  }

  #over(call, order) {
    if (this.#pending.get(call) === order) this.#pending.delete(call);
    this.changed();
  }

  gone(id) {
    this.#pending.delete(id);
  }

  /** A board came anew: whatever it says counts. */
  forget() {
    for (const [id, order] of this.#pending) if (order.id !== null) this.#pending.delete(id);
  }

  /** Events may be late or lost: asks what became of the order, until it is known. */
  async #follow(id, order) {
    for (let asked = 0; asked < ASKED_AT_MOST; asked += 1) {
      await new Promise((done) => setTimeout(done, ASK_AGAIN_MS));
      if (this.#pending.get(id) !== order) return;
      try {
        const { state, outcome } = await api.get(`/orders/${order.id}`);
        if (state === "placed" || state === "claimed" && asked < 3) continue;
        this.#pending.delete(id);
        if (state === "failed") this.notice(`${cameTo(order.kind, "failed")} ${outcome ?? ""}`.trim(), "bad");
        this.changed();
        return;
      } catch {
        // the line is down: the banner says so, and asking goes on
      }
    }
    this.#pending.delete(id);
    this.changed();
  }
}

/** Whether `last` may be what became of `order`. */
function settled(last, order) {
  return last?.kind === body(order.kind).kind;
}

/** What came of an order, in a sentence. */
export function cameTo(kind, outcome) {
  const what = known(`order.${kind}`) ? t(`order.${kind}`) : kind;
  return known(`outcome.${outcome}`) ? t(`outcome.${outcome}`, { what }) : t("outcome.done", { what });
}
