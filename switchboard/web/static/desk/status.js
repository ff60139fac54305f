// The line above the orders, and what the buttons mean for a call as it stands.

import { ringsAt } from "./board.js";
import { who } from "./call_words.js";
import { cameTo } from "./giving.js";
import { t } from "./words.js";

/** [sentence, tone] for the chosen call: the order under way, that the phone rings, what failed, why nothing goes. */
export function statusOf(call, order, why, { extension, names, line }) {
  if (!call || call.ended) return ["", ""];
  if (order) return [underWay(order, extension, names), "plain"];
  if (ringsAt(call, extension) && !line.rings(call.id)) return [t("order.pick_up", { extension }), "ring"];
  if (call.last?.outcome === "failed") return [cameTo(call.last.kind, "failed"), "bad"];
  return why && why !== "no_extension" ? [t(`why.${why}`), "plain"] : ["", ""];
}

function underWay(order, extension, names) {
  const what = t(`order.${order.kind}`) + (order.target ? ` ${who(order.target, names)}` : "");
  const others = order.by && order.by !== extension;
  return others ? t("order.under_way", { what, by: who(order.by, names) }) : t("order.sending", { what });
}

/**
 * Which order a button gives for now, and what it is called: {instead: {button: order}, words: {button: label}}.
 * Hands keep their places: F3 is always getting the caller back, F4 always sending the caller on.
 */
export function meanings(call, orders) {
  if (orders.has("connect")) {
    return {
      instead: { transfer: "connect", hold: "take_back" },
      words: { transfer: t("order.connect"), hold: t("order.take_back") },
    };
  }
  const kept = call && (call.state === "held" || call.state === "parked") && orders.has("answer");
  return kept ? { instead: { hold: "answer" }, words: { hold: t("order.fetch"), answer: t("order.fetch") } } : { instead: {}, words: {} };
}
