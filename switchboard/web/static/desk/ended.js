// Calls that are over but not done with: the chosen one, until another is chosen; and those with a message or
// a form half written, until that is sent or thrown away. They survive a reload.

import { keep, kept, forget } from "./drafts.js";
import { CallForm } from "./forms.js";

const STORE = "ended";

export class Ended {
  #ended = new Map();
  #loaded = false; // drafts have an owner only once the page knows who is signed in

  /** The chosen call as it is now: should it end while the page is away, this is what is left of it. */
  remember(call) {
    keep("chosen_call", call);
  }

  get(id) {
    this.#load();
    return this.#ended.get(id) ?? null;
  }

  ids() {
    this.#load();
    return [...this.#ended.keys()];
  }

  list() {
    this.#load();
    return [...this.#ended.values()];
  }

  /** Whether something half written belongs to this call. */
  drafted(id) {
    return CallForm.typed(id, "message");
  }

  /** The call has ended, or goes on with others (`elsewhere`), and stays to be finished. */
  keep(call, elsewhere = false) {
    this.#load();
    this.#ended.set(call.id, { ...call, ended: true, elsewhere, state: "ended", order: null, consult: null });
    this.#store();
  }

  /** The chosen call ended while the page was away. */
  recall(id) {
    const call = kept("chosen_call", null);
    if (call?.id === id && this.drafted(id)) this.keep(call);
  }

  drop(id) {
    this.#load();
    if (this.#ended.delete(id)) this.#store();
  }

  #load() {
    if (this.#loaded) return;
    this.#loaded = true;
    for (const call of kept(STORE, [])) this.#ended.set(call.id, call);
  }

  #store() {
    if (this.#ended.size) keep(STORE, [...this.#ended.values()]);
    else forget(STORE);
  }
}
