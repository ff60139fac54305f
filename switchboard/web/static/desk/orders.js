// Which orders a call takes, and how one is given. The server decides; the page only doesn't offer what is
// sure to be refused, and says why.

import { isMine, ringsAt } from "./board.js";

/** Orders that need somebody as their target. */
export const NEEDS_TARGET = new Set(["transfer", "consult", "serial", "camp", "voicemail", "screen"]);

const ON_TO = ["transfer", "consult", "serial", "camp", "voicemail", "screen", "queue", "complaint"];
const AT_HAND = ["hold", "park", ...ON_TO, "hangup"];
const KEPT = ["answer", "park", ...ON_TO, "hangup"];
const IN_LINE = ["answer", "transfer", "voicemail", "queue", "complaint"];

/** Every order the page knows, "queue" being a transfer with queues as targets. */
export const ALL = ["answer", "hold", ...ON_TO, "park", "connect", "take_back", "hangup"];

/**
 * What may be ordered for a call by the operator at `extension`: {orders: Set, why}. `why` is the key of the
 * sentence that says why there is nothing to order, or "". `present`: the operator is signed in to the desk,
 * without which a caller is only theirs when they have the call already.
 */
export function possible(call, extension, present = true) {
  const [orders, why] = offered(call, extension, present);
  return { orders: new Set(orders), why };
}

function offered(call, extension, present) {
  if (!extension) return [[], "no_extension"];
  if (call.order) return [[], "under_way"];
  const mine = isMine(call, extension);
  const talks = call.state === "talking" || call.state === "held" && call.with.length;
  if (talks) return mine ? atHand(call) : [[], "others"];
  if (call.held_by && !mine && call.state !== "parked") return [[], "others"];
  if (call.consult) return mine ? [["connect", "take_back", "hangup"], ""] : [[], "others"];
  if (call.state === "screening") return [[], "screening"];
  if (!mine && !present) return [[], "not_signed_in"];
  if (call.state === "held") return [KEPT, ""];
  if (call.state === "parked") return [KEPT.filter((order) => order !== "park" && order !== "consult"), ""];
  return [IN_LINE, ""];
}

/** A conversation; `held` with somebody in it is one whose phone pressed its own hold key. */
function atHand(call) {
  if (call.state !== "held") return [AT_HAND, ""];
  return [AT_HAND.filter((order) => order !== "hold"), "held_on_phone"];
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
