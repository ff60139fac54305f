// The card to read out: the sentences the regulations prescribe, for the situation the call is in,
// in the caller's language.

import { isMine } from "./board.js";

const AFTER = { busy: "busy", no_answer: "no_answer", unreachable: "no_answer", unavailable: "no_answer" };
const NOT_NOW = new Set(["declined", "no_key", "machine", "absent", "refused", "not_accepted"]);

/** What to say, the first one first: keys of sentences. `asking`: the screening form is open. */
export function toSay(call, extension, asking = false) {
  if (!isMine(call, extension)) return ["hello", "whom"];
  const last = call.last ?? {};
  if (call.state === "screening" || call.consult) return ["hold_on"];
  if (last.kind === "screen" && last.outcome && last.outcome !== "accepted") return ["not_available", "offer_screened"];
  if (asking) return ["ask_name", "ask_organisation", "ask_purpose", "hold_on"];
  if (NOT_NOW.has(last.outcome)) return ["not_available", "offer"];
  if (AFTER[last.outcome]) return [AFTER[last.outcome], "offer"];
  if (call.state === "held" || call.state === "parked") return ["thank_wait", "hold_on"];
  return ["hello", "whom", "hold_on", "goodbye"];
}
