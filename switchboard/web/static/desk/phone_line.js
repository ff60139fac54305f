// The operator's own phone as the page needs it: a phone in the page when one is registered, else the desk
// phone, of which the page knows only what the server says.

/** How long after an answer order a call that rings in the page is taken without another click. */
const EXPECTED_MS = 15_000;

export class PhoneLine {
  #phone = null;
  #expected = 0;

  /** `changed()` is called whenever something about the phone changed. */
  constructor(changed) {
    this.changed = changed;
    this.state = { registered: false, ringing: false, talking: false, held: false, muted: false };
  }

  /** Uses a phone in the page: see phone/phone.js. Called again, it replaces the one before. */
  use(phone) {
    this.#phone = phone;
    for (const kind of ["registration", "ringing", "answered", "ended", "hold", "mute", "problem"]) {
      phone.addEventListener(kind, () => this.#read());
    }
    phone.addEventListener("ringing", () => {
      if (performance.now() < this.#expected) this.answer();
    });
    this.#read();
  }

  /** There is a phone in the page and it is registered. */
  get here() {
    return this.state.registered;
  }

  /** The operator ordered a call to this phone: when it rings in the page, it is answered at once. */
  expect() {
    this.#expected = performance.now() + EXPECTED_MS;
  }

  /** The order came to nothing. */
  unexpect() {
    this.#expected = 0;
  }

  answer() {
    this.#expected = 0;
    return this.#phone?.answer();
  }

  hangup() {
    return this.#phone?.hangup();
  }

  #read() {
    const phone = this.#phone;
    this.state = {
      registered: Boolean(phone.registered),
      ringing: Boolean(phone.ringing),
      talking: Boolean(phone.talking),
      held: Boolean(phone.held),
      muted: Boolean(phone.muted),
    };
    this.changed();
  }
}
