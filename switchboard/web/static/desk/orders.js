// Which orders a call takes, and how one is given. The server decides; the page only doesn't offer what is
// sure to be refused, and says why.

import { isMine, ringsAt } from "./board.js";

/** Orders that need somebody as their target. */
export const NEEDS_TARGET = new Set(["transfer", "consult", "serial", "camp", "voicemail", "screen"]);

const ON_TO = ["transfer", "consult", "serial", "camp", "voicemail", "screen", "queue", "complaint"];
const AT_HAND = ["hold", "park", ...ON_TO, "hangup"];
const KEPT = ["answer", "park", ...ON_TO.filter((order) => order !== "consult"), "hangup"];
const IN_LINE = ["answer", "transfer", "voicemail", "queue", "complaint"];

/** Every order the page knows, "queue" being a transfer with queues as targets. */
export const ALL = ["answer", "hold", ...ON_TO, "park", "connect", "take_back", "hangup"];

/**
 * What may be ordered for a call by the operator at `extension`: {orders: Set, why}. `why` is the key of the
 * sentence that says why there is nothing to order, or "".
 */
export function possible(call, extension) {
  if (!extension) return { orders: new Set(), why: "no_extension" };
  if (call.order) return { orders: new Set(), why: "under_way" };
  const mine = isMine(call, extension);
  if (call.consult) {
    return call.consult.by === extension
      ? { orders: new Set(["connect", "take_back", "hangup"]), why: "" }
      : { orders: new Set(), why: "others" };
  }
  if (call.state === "talking" || call.state === "held" && call.with.length) return atHand(call, mine);
  if (call.state === "held" || call.state === "parked") {
    const all = mine || !call.held_by || call.state === "parked";
    return { orders: new Set(all ? KEPT.filter((o) => o !== "park" || call.state === "held") : ["answer"]), why: "" };
  }
  if (call.state === "screening") return { orders: new Set(), why: "screening" };
  if (call.state === "consulting") return { orders: new Set(), why: "others" };
  return { orders: new Set(IN_LINE), why: "" };
}

/** A conversation; `held` with somebody in it is one whose phone pressed its own hold key. */
function atHand(call, mine) {
  if (!mine) return { orders: new Set(), why: "others" };
  const onPhone = call.state === "held";
  return { orders: new Set(AT_HAND.filter((order) => order !== "hold" || !onPhone)), why: onPhone ? "held_on_phone" : "" };
}

/**
 * The call that an order without a chosen one means: for answering, the one that rings here or waits longest.
 * `parts` as Board.list makes them.
 */
export function next(parts, extension) {
  return parts.waiting.find((call) => ringsAt(call, extension)) ?? parts.waiting[0] ?? null;
}

/** What an order's path through the switchboard is called on the screen. */
export function body(kind, target, typed) {
  const order = { kind: kind === "queue" ? "transfer" : kind };
  if (target) order.target = target;
  if (typed) order.typed = typed;
  return order;
}
