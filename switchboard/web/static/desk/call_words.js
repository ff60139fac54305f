// A call in words, for the list, the card and the screen reader.

import { cameBack } from "./board.js";
import { since } from "./clock.js";
import { known, spoken, t } from "./words.js";

/** From how many seconds of waiting on a caller is pressing (the rules' rings: 15 s), and urgent. */
export const PRESSURE = { pressing: 15, urgent: 60 };

export function pressure(seconds) {
  return seconds >= PRESSURE.urgent ? "urgent" : seconds >= PRESSURE.pressing ? "pressing" : "calm";
}

/** Who calls, in one line: the name, else the number, else that it is withheld. */
export function title(call) {
  return call.caller.name || call.caller.number || t("caller.withheld");
}

/** A number with the name behind it, when the page knows one. */
export function who(number, names) {
  const name = names?.get(number);
  return name ? `${name} ${number}` : number;
}

/** What is happening to the call. */
export function state(call, extension, names) {
  const others = call.with.filter((number) => number !== extension);
  const people = (others.length ? others : call.with).map((number) => who(number, names)).join(t("list.comma")) || outside(call, names);
  if (call.state === "ringing" || call.state === "waiting" && call.with.length) {
    if (cameBack(call, extension)) return t("state.back", { who: who(call.target, names) });
    if (call.with.includes(extension)) return t("state.ringing_here");
    return people ? t("state.ringing_at", { who: people }) : t("state.ringing");
  }
  if (call.state === "talking") {
    if (call.with.includes(extension) && !others.length) return t("state.talking_here");
    return people ? t("state.talking_with", { who: people }) : t("state.talking");
  }
  if (call.state === "held") {
    if (call.with.includes(extension)) return t("state.held_on_phone");
    if (call.held_by === extension) return t("state.held_here");
    return call.held_by ? t("state.held_by", { who: who(call.held_by, names) }) : t("state.held");
  }
  if (call.state === "parked") return call.place ? t("state.parked_at", { place: call.place }) : t("state.parked");
  if (call.state === "queued") return call.target ? t("state.queued_at", { who: who(call.target, names) }) : t("state.queued");
  if (call.state === "screening") return t("state.screening", { who: who(call.target, names) });
  if (call.state === "consulting") {
    const by = call.consult?.by ?? "";
    const values = { who: who(call.consult?.target ?? call.target, names), by: who(by, names) };
    return by === extension ? t("state.consulting", values) : t("state.consulting_by", values);
  }
  return known(`state.${call.state}`) ? t(`state.${call.state}`) : call.state;
}

/** Where the caller was sent when none of our phones is there: a number outside, or "". */
function outside(call, names) {
  return call.with.length || names?.has(call.target) ? "" : call.target;
}

/** Seconds that count for this call: waiting, else in the present state. */
export function seconds(call) {
  return since(call.waiting_since ?? call.since);
}

/** The whole row for a screen reader. */
export function aloud(call, extension, names) {
  const caller = [title(call), call.caller.name ? call.caller.number : "", call.caller.organisation];
  const extra = [
    grade(call) ? t("caller.grade_is", { grade: grade(call) }) : "",
    state(call, extension, names),
    spoken(seconds(call)),
  ];
  return [...caller, ...extra].filter(Boolean).join(t("list.comma"));
}

/** The caller's grade in words; "" for an ordinary one. */
export function grade(call) {
  if (!call.caller.grade || call.caller.grade === "ordinary") return "";
  const key = `grade.${call.caller.grade}`;
  return known(key) ? t(key) : call.caller.grade;
}
