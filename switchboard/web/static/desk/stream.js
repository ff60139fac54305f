// Server-sent events, read with fetch: unlike EventSource it tells a session's end (401) from a dead line,
// hears the heartbeats, and so notices a line that died without a word.

const SILENCE_MS = 40_000; // the server's heartbeat comes every 15 s
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** Splits text/event-stream into events: `take(text)` calls `tell(kind, data)` for each whole one. */
export class Reader {
  #rest = "";
  #kind = "message";
  #data = [];

  constructor(tell) {
    this.tell = tell;
  }

  take(text) {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    for (const line of lines) this.#line(line);
  }

  #line(line) {
    if (line === "") {
      if (this.#data.length) this.tell(this.#kind, this.#data.join("\n"));
      this.#kind = "message";
      this.#data = [];
    } else if (!line.startsWith(":")) {
      const colon = line.indexOf(":");
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "event") this.#kind = value;
      if (field === "data") this.#data.push(value);
    }
  }
}

/**
 * Follows a stream for ever. `on.event(kind, value)`; `on.state(word, {seconds, status})` with
 * "connecting", "open", "waiting" (for `seconds`, then anew), "signed-out" (stops until `resume()`).
 */
export class Stream {
  #abort = null;
  #pause = FIRST_PAUSE_MS;
  #timer = 0;
  #watch = 0;

  constructor(url, on) {
    this.url = url;
    this.on = on;
    addEventListener("online", () => this.#timer && this.resume());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#timer && this.resume());
  }

  /** Connects now, whatever pause was left. */
  resume() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#abort?.abort();
    this.#connect(new AbortController());
  }

  stop() {
    clearTimeout(this.#timer);
    clearTimeout(this.#watch);
    this.#abort?.abort();
    this.#abort = null;
  }

  async #connect(abort) {
    this.#abort = abort;
    this.on.state("connecting", {});
    this.#heard(abort);
    let status = 0;
    try {
      const answer = await fetch(this.url, {
        headers: { Accept: "text/event-stream" },
        signal: abort.signal,
        cache: "no-store",
        redirect: "error",
      });
      status = answer.status;
      if (answer.ok) await this.#follow(answer.body, abort);
    } catch {
      // a line that broke: below, as any other end
    }
    if (this.#abort !== abort) return; // somebody resumed or stopped meanwhile
    clearTimeout(this.#watch);
    if (status === 401) {
      this.on.state("signed-out", { status });
      return;
    }
    this.#later(status);
  }

  async #follow(body, abort) {
    const decoder = new TextDecoderStream();
    const lines = body.pipeThrough(decoder).getReader();
    const reader = new Reader((kind, data) => {
      this.#pause = FIRST_PAUSE_MS;
      this.on.event(kind, JSON.parse(data));
    });
    this.on.state("open", {});
    for (;;) {
      const { value, done } = await lines.read();
      if (done) return;
      this.#heard(abort);
      reader.take(value);
    }
  }

  #heard(abort) {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => abort.abort(), SILENCE_MS);
  }

  #later(status) {
    const pause = this.#pause * (0.75 + Math.random() / 2); // fifty consoles don't come back in one moment
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
    this.#timer = setTimeout(() => this.resume(), pause);
    this.on.state("waiting", { seconds: pause / 1000, status });
  }
}
