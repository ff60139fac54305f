// The ring: made here, so that nothing is loaded. China's cadence, one second on and four off.

const TONES = [450, 562];
const ON_SECONDS = 1;
const EVERY_MS = 5000;
const LOUDNESS = 0.18;

/** Rings on an output of its own: the loudspeaker, while the conversation is in the headset. */
export class Ring {
  #context;
  #player = new Audio();
  #timer = null;
  #stop = null;
  ringing = false;

  constructor(context) {
    this.#context = context;
    this.#player.autoplay = true;
  }

  /** Where it rings: an output's id, "" for the system's. */
  async through(output) {
    if (this.#player.setSinkId) await this.#player.setSinkId(output);
  }

  /** Rings until `stop`. A page that nobody has touched yet may not sound: false then. */
  async start() {
    if (this.ringing) return true;
    this.ringing = true;
    const out = this.#context.createMediaStreamDestination();
    this.#player.srcObject = out.stream;
    const once = () => this.#once(out);
    this.#timer = setInterval(once, EVERY_MS);
    once();
    try {
      await Promise.race([this.#context.resume(), new Promise((_, no) => setTimeout(no, 500))]);
      await this.#player.play();
      return true;
    } catch {
      return false;
    }
  }

  /** Somebody touched the page: what may not sound before may now. True when a ring that was silent sounds. */
  async touched() {
    if (!this.ringing || !this.#player.paused) return false;
    try {
      await this.#player.play();
      return true;
    } catch {
      return false;
    }
  }

  stop() {
    this.ringing = false;
    clearInterval(this.#timer);
    this.#stop?.();
    this.#stop = null;
    this.#player.pause();
    this.#player.srcObject = null;
  }

  #once(out) {
    this.#stop?.();
    const gain = this.#context.createGain();
    const now = this.#context.currentTime;
    gain.gain.setValueAtTime(0, now);
    gain.gain.linearRampToValueAtTime(LOUDNESS, now + 0.02);
    gain.gain.setValueAtTime(LOUDNESS, now + ON_SECONDS - 0.05);
    gain.gain.linearRampToValueAtTime(0, now + ON_SECONDS);
    gain.connect(out);
    const tones = TONES.map((hertz) => {
      const tone = this.#context.createOscillator();
      tone.frequency.value = hertz;
      tone.connect(gain);
      tone.start(now);
      tone.stop(now + ON_SECONDS);
      return tone;
    });
    this.#stop = () => {
      for (const tone of tones) tone.disconnect();
      gain.disconnect();
    };
  }
}
