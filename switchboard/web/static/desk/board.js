// What the server told: calls, phones, mode. Nothing here is guessed, and nothing here draws.

import { serverSaid } from "./clock.js";

const KEPT = new Set(["held", "parked", "screening", "consulting", "queued"]);

/** A call with every field there, so that the page never meets a missing one. */
export function whole(call) {
  const caller = call.caller ?? {};
  const count = (value) => (Array.isArray(value) ? value.length : Number(value) || 0);
  return {
    state: "waiting",
    dialled: "",
    language: "zh",
    held_by: "",
    target: "",
    place: null,
    order: null,
    consult: null,
    last: null,
    verdict: "",
    step: null,
    ...call,
    id: String(call.id),
    time: Date.parse(call.waiting_since ?? call.since ?? "") || 0,
    since: call.since ?? null,
    waiting_since: call.waiting_since ?? null,
    with: call.with ?? [],
    caller: {
      number: caller.number ?? "",
      name: caller.name ?? "",
      organisation: caller.organisation ?? "",
      grade: caller.grade ?? "",
      notes: caller.notes ?? "",
      earlier: count(caller.earlier_calls),
      tickets: count(caller.open_tickets),
    },
  };
}

/** Whether the caller waits for an operator: in line, or while operators' phones ring for them. */
export function waits(call) {
  return call.state === "waiting" || call.state === "ringing" && call.waiting_since !== null;
}

/** Whether this call rings on the operator's own phone: then it is answered there, no order moves it. */
export function ringsAt(call, extension) {
  return (call.state === "ringing" || call.state === "waiting") && Boolean(extension) && call.with.includes(extension);
}

const SENT = new Set(["transfer", "camp", "serial", "voicemail", "complaint"]);

/** Whether the caller was sent to somebody and is back at `extension`: rings there, or talks there again. */
export function cameBack(call, extension) {
  const here = call.with.includes(extension) && call.target !== "" && call.target !== extension;
  return here && SENT.has(call.last?.kind);
}

/** Whether `extension` has this call: talks, holds, parked it, asks for it. A ringing phone has nothing yet. */
export function isMine(call, extension) {
  if (!extension) return false;
  if (call.held_by === extension || call.consult?.by === extension) return true;
  return call.with.includes(extension) && call.state !== "ringing" && call.state !== "waiting";
}

/** In which part of the list a call stands. */
export function part(call, extension) {
  if (isMine(call, extension)) return "mine";
  if (call.held_by) return "kept";
  if (waits(call) || ringsAt(call, extension)) return "waiting";
  return KEPT.has(call.state) ? "kept" : "others";
}

export const PARTS = ["mine", "waiting", "kept", "others"];

export class Board {
  calls = new Map();
  phones = new Map();
  mode = null;
  news = 0; // messages not yet heard
  pbx = "up";
  known = false; // a board was received

  constructor(changed) {
    this.changed = changed;
  }

  /** One event of the stream. */
  apply(kind, value) {
    if (value?.at) serverSaid(value.at);
    const apply = this[`_${kind}`];
    if (!apply) return;
    apply.call(this, value);
    this.changed(kind, value);
  }

  _board(value) {
    this.calls = new Map((value.calls ?? []).map((call) => [String(call.id), whole(call)]));
    this.phones = new Map(Object.entries(value.phones ?? {}));
    this.mode = value.mode ?? null;
    this.news = value.messages?.new ?? 0;
    this.pbx = value.pbx?.state ?? value.pbx ?? "up";
    this.known = true;
  }

  _call(value) {
    this.calls.set(String(value.id), whole(value));
  }

  _gone(value) {
    this.calls.delete(String(value.id));
  }

  _phone(value) {
    this.phones.set(value.extension, value.state);
  }

  _mode(value) {
    this.mode = value;
  }

  _messages(value) {
    this.news = value.new ?? this.news;
  }

  _pbx(value) {
    this.pbx = value.state ?? "up";
  }

  /** The calls in the order of the list: mine, waiting longest first, held or parked, the others. */
  list(extension) {
    const parts = Object.fromEntries(PARTS.map((name) => [name, []]));
    for (const call of this.calls.values()) parts[part(call, extension)].push(call);
    for (const calls of Object.values(parts)) calls.sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
    return parts;
  }
}
