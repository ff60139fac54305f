// The phone in the operators' page: begun once, drawn into its place, and a call taken back that was cut by
// loading the page again.

import { Phone } from "./phone.js";
import { Strip } from "./strip.js";
import { t } from "./words.js";

const TRIES = 12;
const BETWEEN_MS = 300;

/**
 * Begins the phone of whoever sits here and returns it.
 *
 * `place` is the empty element for it. `credentials()` asks GET /api/v1/phone. `order(call, kind)` places an
 * order into a call; `say(sentence, bad)` shows the operator something.
 */
export function deskPhone({ place, credentials, order, say }) {
  const phone = new Phone(credentials);
  new Strip(place, phone);
  phone.addEventListener("interrupted", ({ detail }) => takeBack(phone, detail, order, say));
  phone.addEventListener("ended", ({ detail: { call, ending } }) => {
    if (ending === "lost") say(t("lost", { who: named(call) }), true);
  });
  phone.start();
  return phone;
}

/** The caller is still there, with nobody at the other end: they come back to this phone, which answers. */
async function takeBack(phone, call, order, say) {
  const who = named(call);
  if (!call.id) return say(t("interrupted_lost", { who }), true);
  say(t("interrupted", { who }), false);
  if (!phone.registered) {
    await new Promise((done) => phone.addEventListener("registration", () => phone.registered && done()));
  }
  try {
    await order(call.id, "hold"); // frees the line to the page that is gone
    phone.expect(call.id);
    await patiently(() => order(call.id, "answer"));
  } catch {
    phone.unexpect();
    say(t("interrupted_lost", { who }), true);
  }
  return undefined;
}

/** The order before has to be carried out first. */
async function patiently(does) {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await does();
    } catch (error) {
      if (left === 0 || error.status !== 409) throw error;
      await new Promise((later) => setTimeout(later, BETWEEN_MS));
    }
  }
}

function named({ name, number }) {
  return name && name !== number ? `${name} ${number}` : number || "?";
}
