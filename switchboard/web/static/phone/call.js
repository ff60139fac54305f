// One call of the phone in the page.

const CANDIDATES_MS = 400;
/** Sound that stays away so long after the line was lost: the PBX has forgotten this call. */
const LOST_MS = 6_000;
const LOOK_MS = 1_000;
const TONE_MS = 160;
const BETWEEN_MS = 120;

/**
 * A JsSIP session as the page needs it. Events: "changed", "ended" (then `ending`: "hung_up" by either side,
 * "lost" without a word, "refused", "sound": the browser couldn't make sound).
 */
export class Call extends EventTarget {
  #session;
  #line;
  #microphone = null;
  #connections;
  #received = 0;
  #silent = 0;
  #taken = false;
  #timer = null;
  #player = new Audio();
  /** "ringing" (here) | "calling" (there) | "talking" | "over" */
  state;
  held = false;
  muted = false;
  ending = "";
  since = new Date();
  /** The other side's sound; null until it comes. */
  stream = null;

  constructor(session, request, line) {
    super();
    this.#session = session;
    this.#line = line;
    this.#connections = line.connections;
    this.incoming = session.direction === "incoming";
    this.state = this.incoming ? "ringing" : "calling";
    const { uri, display_name: name } = session.remote_identity;
    this.number = /^[0-9*#+]{1,40}$/.test(uri.user ?? "") ? uri.user : "";
    this.name = name ?? "";
    /** The switchboard's id of the call; "" when it doesn't say. */
    this.id = (this.incoming && request.getHeader("X-Switchboard-Call")) || "";
    this.#player.autoplay = true;
    this.#follow();
  }

  get over() {
    return this.state === "over";
  }

  /** Takes the call with this microphone's sound. Pressed twice, it is taken once. */
  answer(stream) {
    if (this.#taken || this.state !== "ringing") return;
    this.#taken = true;
    this.#session.answer({ ...sound(stream, (own) => this.#speaks(own)) });
  }

  /** Calls `number` on a line. */
  static place(line, number, stream) {
    let own = null;
    const session = line.call(number, sound(stream, (one) => {
      own = one;
    }));
    const call = new Call(session, null, line);
    call.#speaks(own);
    if (session.connection) call.#connected(session.connection);
    return call;
  }

  /** Ends it; refuses it while it rings. */
  hangup() {
    if (this.over) return;
    const refused = this.state === "ringing";
    this.#session.terminate(refused ? { status_code: 486, reason_phrase: "Busy Here" } : {});
  }

  /** The other side hears music. */
  hold() {
    return new Promise((done) => {
      if (this.state !== "talking" || this.held || !this.#session.hold({}, () => done(true))) done(false);
    });
  }

  unhold() {
    return new Promise((done) => {
      if (this.state !== "talking" || !this.held || !this.#session.unhold({}, () => done(true))) done(false);
    });
  }

  mute(on) {
    this.muted = on;
    for (const track of this.#microphone?.getTracks() ?? []) track.enabled = !on;
    this.#changed();
  }

  /** Presses keys, as telephone events (RFC 4733). */
  press(keys) {
    this.#session.sendDTMF(keys, { transportType: "RFC2833", duration: TONE_MS, interToneGap: BETWEEN_MS });
  }

  /** Another microphone in mid-call. */
  async speakWith(stream) {
    const sender = this.#session.connection?.getSenders().find((one) => one.track?.kind === "audio" || !one.track);
    if (!sender || !this.#microphone) return;
    const [track] = this.#speaks(stream.clone()).getAudioTracks();
    await sender.replaceTrack(track);
    track.enabled = !this.muted;
  }

  /** Where the other side is heard: an output's id, "" for the system's. */
  async through(output) {
    if (this.#player.setSinkId) await this.#player.setSinkId(output);
  }

  #follow() {
    const session = this.#session;
    session.on("peerconnection", ({ peerconnection }) => this.#connected(peerconnection));
    session.on("icecandidate", ({ ready }) => setTimeout(ready, CANDIDATES_MS));
    session.on("accepted", () => this.#talks());
    session.on("confirmed", () => this.#talks());
    for (const kind of ["hold", "unhold"]) {
      session.on(kind, ({ originator }) => {
        if (originator !== "local") return;
        this.held = kind === "hold";
        this.#changed();
      });
    }
    session.on("failed", ({ originator, cause }) => this.#over(ending(originator, cause, this.incoming)));
    session.on("ended", () => this.#over("hung_up"));
  }

  #connected(connection) {
    connection.addEventListener("track", ({ track }) => {
      this.stream = new MediaStream([track]);
      this.#player.srcObject = this.stream;
      this.#player.play().catch(() => {}); // plays by itself once somebody touches the page
      this.#changed();
    });
  }

  #talks() {
    if (this.state === "talking" || this.over) return;
    this.state = "talking";
    this.since = new Date();
    this.#timer = setInterval(() => this.#listen(), LOOK_MS);
    this.#changed();
  }

  /** After the line was lost once, a goodbye may never have reached us: no sound, no call. */
  async #listen() {
    if (this.#line.connections === this.#connections || this.held) {
      this.#silent = 0;
      return;
    }
    let received = 0;
    for (const report of (await this.#session.connection?.getStats())?.values() ?? []) {
      if (report.type === "inbound-rtp") received += report.packetsReceived;
    }
    this.#silent = received === this.#received ? this.#silent + LOOK_MS : 0;
    this.#received = received;
    if (this.#silent < LOST_MS || this.over) return;
    this.#over("lost");
    this.#session.terminate();
  }

  #speaks(stream) {
    for (const track of this.#microphone?.getTracks() ?? []) track.stop();
    this.#microphone = stream;
    return stream;
  }

  #over(why) {
    if (this.over) return;
    this.state = "over";
    this.ending = why;
    clearInterval(this.#timer);
    this.#player.srcObject = null;
    this.#speaks(null);
    this.dispatchEvent(new Event("ended"));
  }

  #changed() {
    this.dispatchEvent(new Event("changed"));
  }
}

/** What answering and calling need: sound both ways, directly, of a copy of the microphone that can be muted. */
function sound(stream, told) {
  const own = stream.clone();
  for (const track of own.getTracks()) track.enabled = true;
  told(own);
  return {
    mediaStream: own,
    mediaConstraints: { audio: true, video: false },
    pcConfig: { iceServers: [] },
  };
}

function ending(originator, cause, incoming) {
  if (/Media|WebRTC|Incompatible|SDP/i.test(cause)) return "sound";
  if (cause === "Connection Error") return "lost";
  return incoming || originator === "local" ? "hung_up" : "refused";
}
