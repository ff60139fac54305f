// What the forms of a call begin with, and where what was typed goes.

import * as api from "./api.js";
import { who } from "./call_words.js";
import { draftOf, kept } from "./drafts.js";
import { t } from "./words.js";

/** What a form begins with: what is known of the caller, and what the screening form already holds. */
export function startOf(kind, call, names) {
  const { caller } = call;
  if (kind === "screen") return { surname: caller.name, organisation: caller.organisation };
  if (kind === "caller") {
    return { name: caller.name, organisation: caller.organisation, grade: caller.grade || "ordinary", notes: caller.notes };
  }
  const asked = kept(draftOf(call.id, "screen"), {});
  const person = [asked.surname || caller.name, asked.organisation || caller.organisation];
  const known = call.target ? { number: call.target, name: names.get(call.target) ?? "" } : null;
  return { caller: caller.number, name: person.filter(Boolean).join(" "), text: asked.purpose ?? "", target: asked.target ?? known };
}

/** By form: sends it. `presses` has the forms and the desk. */
export const send = {
  async screen(presses, call, values, target) {
    const form = presses.forms.screen;
    form.busy(true);
    const taken = await presses.desk.giving.give("screen", call, { target: target.number, typed: values });
    form.busy(false);
    if (taken) presses.close(); // what was typed stays for the message that may follow
  },

  async message(presses, call, values, target) {
    const { desk } = presses;
    const told = t("form.message.sent", { who: who(target.number, desk.names) });
    const sent = await put(presses, "message", told, () =>
      api.post("/messages", { mailbox: target.number, ...values, call: call.id }));
    if (sent && desk.call?.ended) desk.dismiss(call.id);
  },

  caller(presses, call, values) {
    const path = `/callers/${encodeURIComponent(call.caller.number)}`;
    return put(presses, "caller", t("form.caller.saved"), () => api.put(path, values));
  },
};

/** Asks, and closes the form when it worked; else the form says why not and keeps what was typed. */
async function put(presses, kind, told, ask) {
  const form = presses.forms[kind];
  form.busy(true);
  try {
    await ask();
    form.done();
    presses.desk.notices.say(told, "good");
    presses.close();
    return true;
  } catch (error) {
    form.refuse(error.message);
    return false;
  } finally {
    form.busy(false);
  }
}
