// The forms of a call: asking for an executive (surname, organisation, purpose) and writing a message.
// Every letter is kept as it is typed, per call; a reload brings it back.

import { draftOf, forget, keep, kept } from "./drafts.js";
import { attribute, el, fill, write } from "./elements.js";
import { t } from "./words.js";

/** The fields of each form: name, kind of element, greatest length (the server's own limits). */
export const FIELDS = {
  screen: [
    { name: "surname", longest: 40 },
    { name: "organisation", longest: 80 },
    { name: "purpose", longest: 160 },
  ],
  message: [
    { name: "caller", longest: 32 },
    { name: "name", longest: 80 },
    { name: "text", longest: 1000, rows: 3 },
  ],
  caller: [
    { name: "name", longest: 80 },
    { name: "organisation", longest: 80 },
    { name: "grade", choices: ["ordinary", "valued", "key", "nuisance"] },
    { name: "notes", longest: 2000, rows: 3 },
  ],
};

export class CallForm {
  #call = null;
  #inputs = {};

  /** `kind`: a key of FIELDS. `on.send(call, values, target)`, `on.close()`, `on.pick(form)`: choose a person. */
  constructor(kind, on) {
    this.kind = kind;
    this.on = on;
    this.targeted = kind !== "caller";
    this.error = el("p", { class: "form-error", role: "alert", hidden: true });
    this.who = el("button", { type: "button", class: "form-target", on: { click: () => on.pick(this) } });
    this.submit = el("button", { type: "submit", class: "primary", text: t(`form.${kind}.send`) });
    this.node = el(
      "form",
      { class: "call-form", "aria-labelledby": `form-${kind}-title`, autocomplete: "off", novalidate: true, on: { submit: (e) => this.#send(e) } },
      el("h3", { id: `form-${kind}-title`, text: t(`form.${kind}.title`) }),
      this.targeted ? el("div", { class: "field" }, el("span", { class: "label", id: `form-${kind}-for`, text: t(`form.${kind}.for`) }), this.who) : null,
      ...FIELDS[kind].map((field) => this.#field(field)),
      this.error,
      el("div", { class: "form-buttons" }, this.submit,
        el("button", { type: "button", text: t("form.close"), on: { click: () => on.close() } }, el("kbd", { text: "Esc" }))),
    );
    attribute(this.who, "aria-describedby", `form-${kind}-for`);
  }

  get open() {
    return this.node.isConnected;
  }

  /** Shows the form for a call; what was typed before is in it, else `start`'s values. */
  show(call, start = {}) {
    this.#call = call;
    const draft = { ...start, ...kept(draftOf(call.id, this.kind), {}) };
    for (const [name, input] of Object.entries(this.#inputs)) input.value = draft[name] ?? "";
    this.target = draft.target ?? null;
    this.refuse("");
    this.#aim();
  }

  /** The person this form is about was chosen. */
  aim(number, name) {
    this.target = { number, name };
    this.#aim();
    this.#keep();
    const empty = Object.values(this.#inputs).find((input) => !input.value);
    (empty ?? this.submit).focus();
  }

  focus() {
    const empty = Object.values(this.#inputs).find((input) => !input.value);
    if (this.targeted && !this.target) this.who.focus();
    else (empty ?? Object.values(this.#inputs)[0]).focus();
  }

  /** Whether anything stands in it. */
  static typed(call, kind) {
    const draft = kept(draftOf(call, kind), null);
    return Boolean(draft && FIELDS[kind].some(({ name }) => draft[name]));
  }

  values() {
    return Object.fromEntries(Object.entries(this.#inputs).map(([name, input]) => [name, input.value.trim()]));
  }

  /** Says what is wrong, or with "" that nothing is. */
  refuse(sentence) {
    write(this.error, sentence);
    attribute(this.error, "hidden", !sentence);
  }

  busy(yes) {
    attribute(this.submit, "disabled", yes);
    attribute(this.node, "aria-busy", yes ? "true" : null);
  }

  /** It was sent: the draft has done its work. */
  done() {
    forget(draftOf(this.#call.id, this.kind));
  }

  #field({ name, longest, rows, choices }) {
    const id = `form-${this.kind}-${name}`;
    const input = choices
      ? el("select", { id }, ...choices.map((one) => el("option", { value: one, text: t(`${name}.${one}`) })))
      : rows ? el("textarea", { id, rows, maxlength: longest }) : el("input", { id, type: "text", maxlength: longest });
    input.addEventListener("input", () => this.#keep());
    this.#inputs[name] = input;
    return el("div", { class: "field" }, el("label", { for: id, text: t(`form.${this.kind}.${name}`) }), input);
  }

  #aim() {
    if (!this.targeted) return;
    const target = this.target;
    fill(this.who, target ? `${target.name ?? ""} ${target.number}`.trim() : t("form.choose"));
    attribute(this.who, "data-empty", target ? null : "true");
  }

  #keep() {
    keep(draftOf(this.#call.id, this.kind), { ...this.values(), target: this.target });
  }

  #send(event) {
    event.preventDefault();
    const values = this.values();
    if (this.targeted && !this.target) {
      this.refuse(t("form.needs_target"));
      this.who.focus();
      return;
    }
    const needed = { screen: ["surname"], message: ["text"], caller: [] }[this.kind];
    const missing = needed.find((name) => !values[name]);
    if (missing) {
      this.refuse(t(`form.${this.kind}.needs_${missing}`));
      this.#inputs[missing].focus();
      return;
    }
    this.refuse("");
    this.on.send(this.#call, values, this.target);
  }
}
