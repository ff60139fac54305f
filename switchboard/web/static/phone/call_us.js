// The page that calls us: an outside caller without a telephone, who sees every state and both levels.

import { write } from "./elements.js";
import { Phone } from "./phone.js";
import { t } from "./words.js";

const METER_MS = 100;
const at = (id) => document.getElementById(id);

class Fault extends Error {
  constructor(status) {
    super();
    this.status = status;
  }
}

/** The account is asked for with each call: it lasts only for an hour. */
async function credentials() {
  const answer = await fetch("/api/v1/phone/call-us", { headers: { Accept: "application/json" }, cache: "no-store" });
  if (!answer.ok) throw new Fault(answer.status);
  return answer.json();
}

const phone = new Phone(credentials, { registers: false });
let last = "";

function draw() {
  const { call } = phone;
  write(at("line"), t(`call_us.lines.${phone.registration}`) + (phone.why ? ` · ${t(`call_us.why.${phone.why}`)}` : ""));
  write(at("microphone"), t(`microphone.${phone.microphone}`));
  write(at("call"), t(call ? `call_us.calls.${call.state}` : `call_us.calls.${last || "none"}`));
  at("place").disabled = Boolean(call);
  at("hangup").hidden = !call;
  at("keys").hidden = !phone.talking;
}

function problem(key) {
  write(at("problem"), key ? t(key) : "");
  at("problem").hidden = !key;
}

/** Waits until the line is there, or has failed. */
function connected() {
  return new Promise((done) => {
    const look = () => {
      if (phone.registration !== "registered" && phone.registration !== "failed") return;
      phone.removeEventListener("registration", look);
      done(phone.registered);
    };
    phone.addEventListener("registration", look);
    look();
  });
}

async function place() {
  problem("");
  last = "";
  at("place").disabled = true;
  await phone.start();
  if (!(await connected())) {
    problem("call_us.no_line");
    phone.stop();
  } else if (!(await phone.dial(phone.mainNumber))) {
    phone.stop();
  }
  draw();
}

for (const kind of ["registration", "microphone", "answered", "ended"]) phone.addEventListener(kind, draw);
phone.addEventListener("problem", ({ detail }) => problem(detail.code && `problem.${detail.code}`));
phone.addEventListener("ended", ({ detail }) => {
  last = detail.ending;
  phone.stop(); // the line is let go with the call
  draw();
});
at("place").addEventListener("click", place);
at("hangup").addEventListener("click", () => phone.hangup());
at("keys").addEventListener("click", ({ target }) => target.dataset.key && phone.press(target.dataset.key));
setInterval(() => {
  const { microphone, other } = phone.levels;
  at("own").value = microphone;
  at("other").value = other;
}, METER_MS);
draw();

// For whoever looks for a fault.
window.phone = phone;
