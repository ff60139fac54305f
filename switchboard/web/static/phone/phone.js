// The phone in the page: a registration, a microphone, a ring, and the calls that go through it.
//
//   const phone = new Phone(() => api.get("/phone"));
//   await phone.start();
//   phone.addEventListener("ringing", () => show(phone.call));
//
// Whoever only draws it needs `registration`, `microphone`, `ringing`, `talking`, `held`, `muted` and `call`, and
// the events that say they changed. Nothing is thrown: what goes wrong is a "problem".

import { Call } from "./call.js";
import { Devices } from "./devices.js";
import { Level } from "./level.js";
import { Line } from "./line.js";
import { Ring } from "./ring.js";

const EXPECTED_MS = 15_000;
const KEPT = "switchboard.phone.call";
const KEPT_MS = 20_000;

/**
 * Events:
 *   "registration"  `registration` and `why` changed (line.js)
 *   "microphone"    `microphone` changed: "unknown" | "prompt" | "denied" | "absent" | "live" | "insecure"
 *   "devices"       `devices.inputs`, `.outputs` or `.chosen` changed
 *   "ringing"       a call rings here: `call`
 *   "answered"      it is taken, or the one that was placed is
 *   "hold", "mute"  `held`, `muted` changed
 *   "ended"         detail {call, ending}: "hung_up" | "lost" | "refused" | "sound"
 *   "interrupted"   detail {id, number, name}: this page was loaded again in the middle of that call
 *   "problem"       detail {code}: "microphone" (no call can be taken), "sound" (the browser makes none),
 *                   "silent" (the page may not ring until somebody touches it), "" (it rings after all)
 */
export class Phone extends EventTarget {
  #line;
  #devices = new Devices();
  #context = new AudioContext();
  #ring = new Ring(this.#context);
  #speaking = new Level(this.#context);
  #hearing = new Level(this.#context);
  #calls = [];
  #expected = { until: 0, id: "" };
  #began = false;

  /** `credentials` asks the switchboard, as GET /api/v1/phone. `registers`: false for calling only. */
  constructor(credentials, { registers = true } = {}) {
    super();
    this.#line = new Line(credentials, { registers, busy: () => this.#calls.length > 0 });
    this.#line.addEventListener("state", () => this.#tell("registration"));
    this.#line.addEventListener("session", ({ detail }) => detail.originator === "remote" && this.#rings(detail));
    this.#devices.addEventListener("microphone", () => this.#heard());
    this.#devices.addEventListener("devices", () => this.#routed());
    window.addEventListener("beforeunload", (event) => {
      if (this.talking) event.preventDefault(); // the browser asks whether they mean it
    });
    window.addEventListener("pagehide", () => this.#remember());
    for (const touch of ["pointerdown", "keydown"]) {
      window.addEventListener(touch, () => this.#touched(), { capture: true, passive: true });
    }
  }

  /** Registers and opens the microphone; the browser may ask for it now. */
  async start() {
    if (this.#began) return;
    this.#began = true;
    this.#told();
    await this.#devices.look();
    await Promise.all([this.#line.register(), this.openMicrophone()]);
  }

  /** Ends calls and registration, and lets the microphone go. */
  stop() {
    this.#began = false;
    for (const call of this.#calls) call.hangup();
    this.#line.stop();
    this.#devices.close();
  }

  /** Registers now, taking the phone back from another page. */
  register() {
    return this.#line.register();
  }

  /** Asks for the microphone. True when it is live. */
  openMicrophone() {
    return this.#devices.open();
  }

  get registration() {
    return this.#line.state;
  }

  get why() {
    return this.#line.why;
  }

  get extension() {
    return this.#line.account?.extension ?? "";
  }

  get mainNumber() {
    return this.#line.account?.main_number ?? "";
  }

  get registered() {
    return this.registration === "registered";
  }

  get microphone() {
    return this.#devices.state;
  }

  get devices() {
    return this.#devices;
  }

  /** The call that rings, else the one in conversation, else one on hold, else one that is being placed; null. */
  get call() {
    const first = (fits) => this.#calls.find(fits);
    return first((c) => c.state === "ringing") ?? this.conversation ?? first((c) => c.held) ?? first((c) => !c.over) ?? null;
  }

  /** The call in conversation, held ones left out; null. */
  get conversation() {
    return this.#calls.find((c) => c.state === "talking" && !c.held) ?? null;
  }

  get calls() {
    return [...this.#calls];
  }

  get ringing() {
    return this.#calls.some((c) => c.state === "ringing");
  }

  get calling() {
    return this.#calls.some((c) => c.state === "calling");
  }

  get talking() {
    return this.#calls.some((c) => c.state === "talking");
  }

  get held() {
    return this.talking && !this.conversation;
  }

  get muted() {
    return Boolean(this.conversation?.muted);
  }

  /** How loud one's own microphone and the other side are now, 0 to 1. */
  get levels() {
    return { microphone: this.#speaking.now(), other: this.#hearing.now() };
  }

  /**
   * The page has asked for a call to this phone: it is answered as soon as it rings. `id`: only the call with
   * this id; "" any. Good for some seconds and one call.
   */
  expect(id = "") {
    this.#expected = { until: performance.now() + EXPECTED_MS, id };
    const here = this.#calls.find((c) => c.state === "ringing" && (!id || c.id === id));
    if (here) this.answer(here);
  }

  /** What was asked for came to nothing. */
  unexpect() {
    this.#expected = { until: 0, id: "" };
  }

  /** Takes the call that rings; one in conversation is put on hold first. False when it can't be taken. */
  async answer(call = this.#calls.find((c) => c.state === "ringing")) {
    if (!call) return false;
    if (!(await this.#speaks()) || call.over) return false;
    if (this.conversation) await this.conversation.hold();
    if (call.state !== "ringing") return false;
    this.unexpect();
    call.answer(this.#devices.stream);
    return true;
  }

  /** Calls a number. False when it can't. */
  async dial(number) {
    if (!(await this.#speaks()) || !this.registered) return false;
    if (this.conversation) await this.conversation.hold();
    this.#add(Call.place(this.#line, number, this.#devices.stream));
    return true;
  }

  /** Ends the conversation, else what is being placed, else what is held; refuses what rings when there is no other. */
  hangup() {
    const first = (fits) => this.#calls.find(fits);
    (this.conversation ?? first((c) => c.state === "calling") ?? first((c) => c.held) ?? first((c) => c.state === "ringing"))?.hangup();
  }

  hold() {
    return this.conversation?.hold() ?? Promise.resolve(false);
  }

  /** Goes on with the call that was held last. */
  async unhold() {
    if (this.conversation) return false;
    const held = this.#calls.findLast((c) => c.held);
    return held ? held.unhold() : false;
  }

  mute(on = !this.muted) {
    this.conversation?.mute(on);
  }

  /** Presses keys in the conversation: 0-9, *, #. */
  press(keys) {
    if (/^[0-9*#]+$/.test(keys)) this.conversation?.press(keys);
  }

  /** Rings once, to try the output. */
  tryRing() {
    if (this.ringing) return;
    this.#ring.start();
    setTimeout(() => !this.ringing && this.#ring.stop(), 1200);
  }

  #touched() {
    this.#context.resume();
    this.#ring.touched().then((sounds) => sounds && this.#problem(""));
  }

  async #speaks() {
    if (this.microphone === "live" || (await this.openMicrophone())) return true;
    this.#problem("microphone");
    return false;
  }

  #rings({ session, request }) {
    const call = new Call(session, request, this.#line);
    this.#add(call);
    const { until, id } = this.#expected;
    if (performance.now() < until && (!id || !call.id || call.id === id)) this.answer(call);
    this.#tell("ringing");
  }

  #add(call) {
    this.#calls.push(call);
    let { state, held, muted } = call;
    call.through(this.#devices.chosen.output).catch(() => {});
    call.addEventListener("changed", () => {
      if (call.state !== state) this.#tell("answered");
      if (call.held !== held) this.#tell("hold");
      if (call.muted !== muted) this.#tell("mute");
      ({ state, held, muted } = call);
      this.#sounds();
    });
    call.addEventListener("ended", () => {
      this.#calls = this.#calls.filter((one) => one !== call);
      if (this.#calls.length === 0) this.#line.idle();
      if (call.ending === "sound") this.#problem("sound");
      this.#sounds();
      this.dispatchEvent(new CustomEvent("ended", { detail: { call, ending: call.ending } }));
    });
    this.#sounds();
  }

  /** The ring, and what the meters listen to, follow the calls. In a conversation it rings no more. */
  #sounds() {
    this.#hearing.of(this.conversation?.stream ?? this.#calls.find((c) => c.state === "calling")?.stream ?? null);
    const rings = this.ringing && !this.conversation;
    if (rings && !this.#ring.ringing) {
      this.#ring.start().then((sounds) => sounds || this.#problem("silent"));
    } else if (!rings) {
      this.#ring.stop();
    }
  }

  /** Another microphone: calls under way speak with it. */
  #heard() {
    const { stream } = this.#devices;
    this.#speaking.of(stream);
    if (stream) for (const call of this.#calls) call.speakWith(stream).catch(() => this.#problem("sound"));
    this.#tell("microphone");
  }

  #routed() {
    const { output, ring } = this.#devices.chosen;
    for (const call of this.#calls) call.through(output).catch(() => {});
    this.#ring.through(ring).catch(() => {});
    this.#tell("devices");
  }

  /**
   * The page goes in the middle of a call: should it come back at once, it knows of whom. No goodbye is sent for
   * a call that the switchboard can give back (`id`); when no page comes, the PBX misses our sound and ends it.
   */
  #remember() {
    const call = this.conversation ?? this.#calls.find((c) => c.held);
    for (const other of this.#calls) if (other !== call || !call.id) other.hangup();
    if (!call) return;
    const { id, number, name } = call;
    sessionStorage.setItem(KEPT, JSON.stringify({ id, number, name, at: Date.now() }));
  }

  #told() {
    const kept = sessionStorage.getItem(KEPT);
    sessionStorage.removeItem(KEPT);
    if (!kept) return;
    const { at, ...call } = JSON.parse(kept);
    if (Date.now() - at < KEPT_MS) this.dispatchEvent(new CustomEvent("interrupted", { detail: call }));
  }

  #problem(code) {
    this.dispatchEvent(new CustomEvent("problem", { detail: { code } }));
  }

  #tell(kind) {
    this.dispatchEvent(new Event(kind));
  }
}
