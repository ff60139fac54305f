// Being registered with the PBX, and staying so: through restarts of the PBX, networks that come and go, and a
// second page of the same user, which takes the phone over.

import JsSIP from "../vendor/jssip.js";

JsSIP.debug.disable();

const REGISTER_SECONDS = 3600;
/** The PBX asks whether we are there every 15 s (pjsip.conf: page-aor). Silent three times: something is wrong. */
const SILENCE_MS = 50_000;
const LOOK_MS = 5_000;
const REFUSED_MS = [2_000, 5_000, 10_000, 30_000];

/**
 * A registration. Events: "state", "session" (detail: JsSIP's newRTCSession).
 *
 * `state`: "unregistered" | "registering" | "registered" | "failed"; `why` with "failed": "network" (tried again
 * by itself), "refused" (likewise, with fresh credentials), "elsewhere" (another page has the phone: `register`
 * takes it back), "none" (there is no phone for this user), "unsupported" (a browser without WebRTC).
 */
export class Line extends EventTarget {
  #fetch;
  #ua = null;
  #heard = 0;
  #refusals = 0;
  #again = null;
  #watch = null;
  #tabs = null;
  #registers;
  #busy;
  state = "unregistered";
  why = "";
  /** How often the connection was made: more than once means that it was lost between. */
  connections = 0;
  account = null;

  /**
   * `fetch` gives credentials as GET /api/v1/phone does; it may raise. `registers`: false only for calling.
   * `busy()`: whether a call is under way; no call is ended for the registration's sake.
   */
  constructor(fetch, { registers = true, busy = () => false } = {}) {
    super();
    this.#fetch = fetch;
    this.#registers = registers;
    this.#busy = busy;
  }

  /** Begins, or begins again with fresh credentials. Ends calls that are under way. */
  async register() {
    this.#drop();
    if (!window.RTCPeerConnection || !navigator.mediaDevices) return this.#is("failed", "unsupported");
    this.#is("registering");
    try {
      this.account = await this.#fetch();
    } catch (error) {
      this.#is("failed", error.status === 404 || error.status === 403 ? "none" : "network");
      if (this.why === "network") this.#later();
      return undefined;
    }
    this.#begin();
    return undefined;
  }

  /** No call is under way any more: a line that another page has taken over is let go. */
  idle() {
    if (this.why === "elsewhere") this.#drop({ quietly: true });
  }

  /** Ends the registration, and calls. */
  stop() {
    this.#drop();
    this.#is("unregistered");
  }

  /** Calls a number. `options` are JsSIP's. */
  call(number, options) {
    return this.#ua.call(`sip:${number}@${this.account.uri.split("@")[1]}`, options);
  }

  #begin() {
    const { uri, username, password, ws } = this.account;
    const ua = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(ws)],
      uri,
      authorization_user: username,
      password,
      register: this.#registers,
      register_expires: REGISTER_SECONDS,
      session_timers: false,
      no_answer_timeout: 3600,
      user_agent: "switchboard-page",
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 8,
    });
    this.#ua = ua;
    const mine = (told) => (value) => {
      if (this.#ua === ua) told(value);
    };
    ua.on("connected", mine(() => {
      this.connections += 1;
      this.#heard = performance.now();
      if (!this.#registers) this.#is("registered");
    }));
    ua.on("disconnected", mine(() => this.#is("failed", "network")));
    ua.on("registered", mine(() => {
      this.#refusals = 0;
      this.#heard = performance.now();
      this.#is("registered");
      this.#tabs?.postMessage({ registered: true });
    }));
    ua.on("registrationFailed", mine(({ response }) => this.#refused(response)));
    ua.on("newOptions", mine(({ originator, message }) => {
      if (originator !== "remote") return;
      this.#heard = performance.now();
      message.accept();
    }));
    ua.on("newRTCSession", mine((found) => this.dispatchEvent(new CustomEvent("session", { detail: found }))));
    this.#listenToTabs(username);
    this.#watch = setInterval(() => this.#look(), LOOK_MS);
    window.addEventListener("online", this.#online);
    ua.start();
  }

  /** Another page of this user in this browser has registered: the PBX rings only the last one. */
  #listenToTabs(username) {
    if (!this.#registers || !window.BroadcastChannel) return;
    this.#tabs = new BroadcastChannel(`switchboard-phone-${username}`);
    this.#tabs.addEventListener("message", () => this.#elsewhere());
  }

  #elsewhere() {
    if (!this.#busy()) this.#drop({ quietly: true });
    this.#is("failed", "elsewhere");
  }

  /** The PBX is silent: either the connection is dead, or it asks another page by now. */
  #look() {
    if (this.state !== "registered" || !this.#registers || performance.now() - this.#heard < SILENCE_MS) return;
    const asked = this.#ua;
    this.#heard = performance.now();
    let answered = false;
    const dead = setTimeout(() => {
      if (!answered && this.#ua === asked && !this.#busy()) this.register();
    }, LOOK_MS);
    const heard = () => {
      answered = true;
      clearTimeout(dead);
      if (this.#ua === asked && this.state === "registered") this.#elsewhere();
    };
    asked.sendOptions(this.account.uri, null, { eventHandlers: { succeeded: heard, failed: ({ originator }) => originator === "remote" && heard() } });
  }

  #online = () => {
    if (this.state !== "registered" && this.why !== "elsewhere" && !this.#busy()) this.register();
  };

  /** The password isn't good any more (the account was closed, or made anew), or the PBX isn't ready. */
  #refused(response) {
    if (!response) return this.#is("failed", "network");
    this.#is("failed", "refused");
    return this.#later();
  }

  #later() {
    clearTimeout(this.#again);
    const wait = REFUSED_MS[Math.min(this.#refusals, REFUSED_MS.length - 1)];
    this.#refusals += 1;
    this.#again = setTimeout(() => {
      if (this.#ua && this.#busy()) this.#ua.registrator().register();
      else this.register();
    }, wait);
  }

  /** Lets the connection go. Quietly: without taking the registration back, which is another page's by now. */
  #drop({ quietly = false } = {}) {
    clearTimeout(this.#again);
    clearInterval(this.#watch);
    window.removeEventListener("online", this.#online);
    this.#tabs?.close();
    this.#tabs = null;
    const ua = this.#ua;
    this.#ua = null;
    if (!ua) return;
    if (quietly) ua.registrator().close = () => {};
    ua.stop();
  }

  #is(state, why = "") {
    if (this.state === state && this.why === why) return;
    this.state = state;
    this.why = why;
    this.dispatchEvent(new Event("state"));
  }
}
