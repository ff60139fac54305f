// The operator's own phone as the page needs it: a phone in the page when one is registered, else the desk
// phone, of which the page knows only what the server says.

import { ringsAt } from "./board.js";

/** What rings for so long and isn't on the board is shown beside the phone, and answered before the board's calls. */
export const UNSEEN_MS = 1000;

const STORED = "desk.page_phone";

export class PhoneLine {
  #phone = null;
  #begin = null;

  /** `changed()` is called whenever something about the phone changed. */
  constructor(changed) {
    this.changed = changed;
    this.state = { registered: false, ringing: false, talking: false };
  }

  /** This user may have a phone in the page: `begin()` begins it and returns it (phone/phone.js). */
  offer(begin) {
    this.#begin = begin;
    if (this.chosen) this.#use(begin());
  }

  get offered() {
    return this.#begin !== null;
  }

  /** Whether this browser's user takes calls in the page; kept in the browser. */
  get chosen() {
    return this.offered && localStorage.getItem(STORED) !== "off";
  }

  /** With the desk phone only, the page must not ring, nor take what the handset is meant to take. */
  choose(on) {
    localStorage.setItem(STORED, on ? "on" : "off");
    if (on && !this.#phone) this.#use(this.#begin());
    else if (on) this.#phone.start();
    else this.#phone?.stop();
    this.#read();
  }

  #use(phone) {
    this.#phone = phone;
    for (const kind of ["registration", "microphone", "ringing", "answered", "ended", "hold", "mute"]) {
      phone.addEventListener(kind, () => this.#read());
    }
    this.#read();
  }

  /** There is a phone in the page and it is registered. */
  get here() {
    return this.state.registered;
  }

  /** The operator ordered this call to this phone: when it rings in the page, it is answered at once. */
  expect(call) {
    this.#phone?.expect(call);
  }

  /** The order came to nothing. */
  unexpect() {
    this.#phone?.unexpect();
  }

  /** Whether this call rings in the page: "" of either side is a call of which nobody said which it is. */
  rings(call) {
    const there = this.#phone?.calls?.find((one) => one.state === "ringing");
    return Boolean(there) && (!there.id || there.id === call);
  }

  /**
   * The call that has rung here for so many milliseconds without being on the board, or null: when the page has
   * lost the controller, the phone still rings.
   */
  unseen(board, extension, for_ = 0) {
    const there = this.here ? this.#phone.calls.find((one) => one.state === "ringing") : null;
    if (!there || Date.now() - there.since < for_) return null;
    const shown = there.id ? board.calls.has(there.id) : [...board.calls.values()].some((call) => ringsAt(call, extension));
    return shown ? null : there;
  }

  /** Takes what rings. */
  answer() {
    return this.#phone?.answer();
  }

  hangup() {
    return this.#phone?.hangup();
  }

  #read() {
    const { registered = false, ringing = false, talking = false } = this.#phone ?? {};
    this.state = { registered: registered && this.chosen, ringing, talking };
    this.changed();
  }
}
