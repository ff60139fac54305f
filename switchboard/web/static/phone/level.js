// How loud a stream is, now.

const SIZE = 1024;
const FLOOR_DECIBEL = -60;

/** Listens to a MediaStream's first audio track. Close it when it is no longer wanted. */
export class Level {
  #context;
  #analyser;
  #source = null;
  #wave = new Float32Array(SIZE);

  constructor(context) {
    this.#context = context;
    this.#analyser = context.createAnalyser();
    this.#analyser.fftSize = SIZE;
  }

  /** Listens to `stream` from now on; null: to nothing. */
  of(stream) {
    this.#source?.disconnect();
    this.#source = stream && stream.getAudioTracks().length ? this.#context.createMediaStreamSource(stream) : null;
    this.#source?.connect(this.#analyser);
  }

  /** From 0 (silence, or 60 dB below full) to 1 (as loud as it can be). */
  now() {
    if (!this.#source) return 0;
    this.#analyser.getFloatTimeDomainData(this.#wave);
    const power = this.#wave.reduce((sum, x) => sum + x * x, 0) / SIZE;
    if (power === 0) return 0;
    return Math.min(1, Math.max(0, 1 - (10 * Math.log10(power)) / FLOOR_DECIBEL));
  }
}
