// The card to read out: the sentences the regulations prescribe, for the situation the call is in,
// in the caller's language.

import { cameBack, isMine } from "./board.js";

/**
 * What to say, the first one first: keys of sentences. `asking`: the screening form is open; `presence`: of the
 * phone that the call came back from, which tells busy from nobody there.
 */
export function toSay(call, extension, asking = false, presence = "") {
  if (!isMine(call, extension)) return ["hello", "whom"];
  if (call.state === "screening" || call.consult) return ["hold_on"];
  if (asking) return ["ask_name", "ask_organisation", "ask_purpose", "hold_on"];
  if (call.verdict && call.verdict !== "accepted") return ["not_available", "offer_screened"];
  if (cameBack(call, extension)) return [presence === "busy" ? "busy" : "no_answer", "offer"];
  if (call.state === "held" || call.state === "parked") return ["thank_wait", "hold_on"];
  return ["hello", "whom", "hold_on", "goodbye"];
}
