// Microphone, loudspeakers and what the operator chose of them: kept in this browser, for this computer.

const KEPT = "switchboard.phone.devices";
const NONE = { input: "", output: "", ring: "", processing: true };

/**
 * The microphone and the outputs. Events: "microphone" (its state changed), "devices" (plugged in or out, or
 * chosen).
 *
 * `state`: "unknown" | "prompt" (the browser will ask) | "denied" | "absent" | "live" | "insecure" (no
 * microphone without HTTPS).
 */
export class Devices extends EventTarget {
  #stream = null;
  #opening = null;
  state = "unknown";
  inputs = [];
  outputs = [];
  chosen = { ...NONE };

  constructor() {
    super();
    this.chosen = kept();
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#look());
  }

  /** The microphone's sound; null while there is none. */
  get stream() {
    return this.#stream;
  }

  /** What is there and what is allowed, without asking the operator anything. */
  async look() {
    if (!navigator.mediaDevices) return this.#is("insecure");
    await this.#look();
    if (this.state === "live") return undefined;
    const allowed = await permission();
    if (allowed === "denied") return this.#is("denied");
    if (this.inputs.length === 0) return this.#is("absent");
    return this.#is(allowed === "granted" ? "unknown" : "prompt");
  }

  /** Opens the microphone; the browser may ask for it. True when it is live. */
  async open() {
    if (!navigator.mediaDevices) {
      this.#is("insecure");
      return false;
    }
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  /** Chooses devices: {input, output, ring} as ids, "" for the system's, and {processing}: false for raw sound. */
  async choose(some) {
    this.chosen = { ...this.chosen, ...some };
    localStorage.setItem(KEPT, JSON.stringify(this.chosen));
    if (("input" in some || "processing" in some) && this.#stream) await this.#open();
    this.dispatchEvent(new Event("devices"));
  }

  /** Lets the microphone go. */
  close() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
  }

  async #open() {
    const raw = !this.chosen.processing;
    const how = { echoCancellation: !raw, noiseSuppression: !raw, autoGainControl: !raw };
    const wish = (id) => ({ audio: { ...how, ...(id ? { deviceId: { exact: id } } : {}) }, video: false });
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia(wish(this.chosen.input)).catch((error) => {
        if (!this.chosen.input || error.name === "NotAllowedError") throw error;
        return navigator.mediaDevices.getUserMedia(wish("")); // the chosen one isn't plugged in
      });
    } catch (error) {
      this.close();
      this.#is(error.name === "NotAllowedError" || error.name === "SecurityError" ? "denied" : "absent");
      return false;
    }
    this.close();
    this.#stream = stream;
    for (const track of stream.getTracks()) {
      track.addEventListener("ended", () => {
        if (this.#stream !== stream) return;
        this.#stream = null;
        this.#is("absent");
        this.open(); // another one may be there
      });
    }
    this.#is("live");
    this.dispatchEvent(new Event("microphone")); // another stream, though the state be the same
    await this.#look();
    return true;
  }

  async #look() {
    const all = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.deviceId !== "communications");
    this.inputs = all.filter((one) => one.kind === "audioinput");
    this.outputs = all.filter((one) => one.kind === "audiooutput");
    if (this.state === "absent" && this.inputs.length > 0) this.#is("unknown");
    this.dispatchEvent(new Event("devices"));
  }

  #is(state) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new Event("microphone"));
  }
}

async function permission() {
  try {
    return (await navigator.permissions.query({ name: "microphone" })).state;
  } catch {
    return "prompt"; // a browser that won't say
  }
}

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT)) ?? {};
    return Object.fromEntries(Object.entries(NONE).map(([k, v]) => [k, typeof found[k] === typeof v ? found[k] : v]));
  } catch {
    return { ...NONE };
  }
}
