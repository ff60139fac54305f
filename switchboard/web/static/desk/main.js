// The desk page begins here: puts its parts together and draws what the server tells.

import { announce, speakInto } from "./announce.js";
import * as api from "./api.js";
import { Board } from "./board.js";
import { moment, serverNow, showIn } from "./clock.js";
import { Desk } from "./desk.js";
import { ownedBy } from "./drafts.js";
import { attribute } from "./elements.js";
import { SignIn } from "./sign_in.js";
import { Stream } from "./stream.js";
import { Troubles } from "./trouble.js";
import { learn, t } from "./words.js";

const at = (id) => document.getElementById(id);
const read = (id) => JSON.parse(at(id).textContent);

const data = read("desk-data");
learn(read("texts"), "desk.");
showIn(data.zone, data.language);
speakInto(at("polite"), at("urgent"));
ownedBy(data.user);

const troubles = new Troubles(at("troubles"));
const signIn = new SignIn(at("sign-in"), data.user, () => begin());
const board = new Board((kind, value) => desk.told(kind, value));
const desk = new Desk(data, board, troubles);
const stream = new Stream("/api/v1/events", {
  event: (kind, value) => board.apply(kind, value),
  state: (word, more) => lineState(word, more),
});

let counting = 0;
let followed = false; // the line has been open before

function signedOut() {
  clearInterval(counting);
  troubles.clear("line");
  stream.stop();
  troubles.raise("signed_out", t("trouble.signed_out"), { label: "trouble.sign_in", press: () => signIn.open() });
  signIn.open();
}

/** What the line to the switchboard is like: said only when it is bad, and when it is good again. */
function lineState(word, { seconds = 0, status = 0 }) {
  clearInterval(counting);
  if (word === "signed-out") return signedOut();
  if (word === "open") {
    attribute(document.body, "data-stale", null);
    if (followed) again();
    followed = true;
    return troubles.clear("line", t("trouble.back"));
  }
  if (word === "connecting") {
    if (troubles.has("line")) retry(t("trouble.retrying"));
    return undefined;
  }
  attribute(document.body, "data-stale", "true");
  const until = performance.now() + seconds * 1000;
  const say = () => {
    const left = Math.max(0, Math.ceil((until - performance.now()) / 1000));
    if (status === 403) retry(t("trouble.not_allowed"));
    else retry(t(status === 503 ? "trouble.overloaded" : "trouble.lost", { seconds: left }));
  };
  say();
  counting = setInterval(say, 1000);
  return undefined;
}

function retry(sentence) {
  troubles.raise("line", sentence, { label: "trouble.retry", press: () => stream.resume() });
}

/** Who is signed in, then the stream; again after every signing in. */
async function begin() {
  try {
    const me = await api.get("/me");
    if (me.user !== data.user) {
      announce(t("sign_in.other"), true);
      location.reload(); // somebody else's desk: nothing of the one before stays
      return;
    }
    api.useToken(me.csrf);
    troubles.clear("signed_out");
    desk.isFor(me);
    stream.resume();
  } catch (error) {
    if (error.status === 401) return; // the dialog is open
    lineState("waiting", { seconds: 3, status: error.status });
    setTimeout(begin, 3000);
  }
}

/** The line was cut: perhaps because this user may something else now. */
async function again() {
  try {
    const me = await api.get("/me");
    if (me.user === data.user) desk.isFor(me);
  } catch {
    // as it was; the next line that opens asks again
  }
}

api.onSignedOut(signedOut);
begin();

// For whoever measures or looks for a fault: what the page knows now, for reading only.
window.desk = { board, at: () => new Date(serverNow()).toISOString(), moment };
