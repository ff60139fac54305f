// The directory: search as you type, with the presence of every phone, and what Enter does with who is found.

import * as api from "./api.js";
import { attribute, el, fill, icon, write } from "./elements.js";
import { t } from "./words.js";

const PAUSE_MS = 50; // after a key, before the server is asked
const LIMIT = 30;
const ALL = 200;
const QUICK = ["transfer", "consult", "voicemail"];
const OUTWARD = new Set(["transfer", "consult"]); // what can be done with a number outside
const NUMBER = /^\+?[\d(][\d ()./-]{2,}$/; // what may be one

export class Directory {
  #entries = [];
  #active = -1; // the entry that Enter means; -1: none, nothing was typed
  #asked = 0;
  #abort = null;
  #timer = 0;
  #answered = null; // the text that the entries shown belong to
  #had = false; // something stood in the field before this letter
  #moved = false; // an entry was chosen by hand
  purpose = "transfer";
  plain = false; // this user orders nothing: people are looked up, no more

  /**
   * `parts`: {input, results, purpose, status} elements. `on.use(purpose, entry)`: somebody was chosen;
   * `on.began()`: somebody is going to be looked for; `on.typed(text)`; `on.leave()`: Escape in an empty field. `language`: of the names.
   */
  constructor(parts, on, { language, names, phones }) {
    Object.assign(this, parts);
    this.on = on;
    this.language = language;
    this.names = names;
    this.phones = phones;
    this.input.addEventListener("input", (event) => this.#typed(event));
    this.input.addEventListener("compositionend", () => this.search());
    this.input.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Goes to the field; what is found then serves `purpose`. */
  open(purpose = "transfer") {
    this.on.began();
    this.aim(purpose);
    this.input.focus();
    this.input.select();
    if (purpose === "queue" || !this.#entries.length) this.search();
  }

  aim(purpose) {
    if (this.purpose === purpose) return;
    const queues = (p) => p === "queue";
    const outward = (p) => OUTWARD.has(p) && NUMBER.test(this.#text());
    const anew = queues(purpose) !== queues(this.purpose) || outward(purpose) !== outward(this.purpose);
    this.purpose = purpose;
    this.show();
    if (anew) this.search();
  }

  get chosen() {
    return this.#entries[this.#active] ?? null;
  }

  /**
   * Who is meant without a further question: somebody chosen by hand, or looked for right now. Nobody: null.
   * Whoever types fast orders before the answer is there: it is waited for.
   */
  async meant() {
    const text = this.#text();
    const typing = document.activeElement === this.input && text !== "";
    if (!typing && !this.#moved) return null;
    if (text !== this.#answered) await this.search();
    const exact = !this.#moved && this.#entries.find((one) => one.number === text);
    return text === this.#text() ? exact || this.chosen : null;
  }

  /** Types for the user: digits pressed anywhere on the page. */
  type(text) {
    this.input.focus();
    this.input.value += text;
    this.input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }

  restore(text) {
    this.input.value = text;
    this.#had = text !== "";
    this.on.began();
    this.search();
  }

  clear() {
    this.input.value = "";
    this.#had = false;
    this.aim("transfer");
    this.on.typed("");
    this.search();
  }

  #typed(event) {
    if (!this.#had) this.on.began();
    this.#had = this.input.value !== "";
    this.on.typed(this.input.value);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.search(), event.isComposing ? PAUSE_MS * 2 : PAUSE_MS);
  }

  /** Asks the server. Only the last question's answer is shown, whatever order they come in. */
  async search() {
    clearTimeout(this.#timer);
    const asked = ++this.#asked;
    this.#abort?.abort();
    this.#abort = new AbortController();
    const text = this.#text();
    const limit = this.purpose === "queue" ? ALL : LIMIT;
    try {
      const { signal } = this.#abort;
      const [answer, outside] = await Promise.all([
        api.get(`/directory?q=${encodeURIComponent(text)}&limit=${limit}`, { signal }),
        OUTWARD.has(this.purpose) && NUMBER.test(text) ? api.get(`/directory/outside?q=${encodeURIComponent(text)}`, { signal }) : [],
      ]);
      if (asked !== this.#asked) return;
      for (const entry of answer) this.names.set(entry.number, this.name(entry));
      const exact = answer.some((entry) => entry.number === text);
      const found = this.purpose === "queue" ? answer.filter((entry) => entry.kind === "queue") : answer;
      this.#entries = exact ? found : [...outside.map(numberOutside), ...found];
      this.#active = text || this.purpose === "queue" ? 0 : -1;
      this.#moved = false;
      this.#answered = text;
      this.show();
      const count = this.#entries.length;
      write(this.status, count ? (text ? t("directory.found", { count }) : "") : t("directory.none"));
    } catch (error) {
      if (error.name !== "AbortError" && asked === this.#asked) write(this.status, error.message);
    }
  }

  /** An input method shows half-typed pinyin with its own marks in it: it is searched for as pinyin. */
  #text() {
    return this.input.value.replace(/['’]/g, "").trim();
  }

  name(entry) {
    return (this.language === "en" && entry.name_en) || entry.name || entry.name_en || entry.number;
  }

  /** A field of an entry in the user's language. */
  said(entry, field) {
    return (this.language === "en" && entry[`${field}_en`]) || entry[field] || "";
  }

  presence(entry) {
    if (!entry.presence) return ""; // nobody's phone: a department, a queue
    return this.phones().get(entry.number) ?? (this.phones().size ? "unreachable" : entry.presence);
  }

  /** Draws the results as they are now. */
  show() {
    attribute(this.input, "placeholder", t(this.plain ? "directory.label" : `directory.for.${this.purpose}`));
    write(this.purposeNode, t(`order.${this.purpose}`));
    attribute(this.purposeNode, "hidden", this.purpose === "transfer");
    fill(this.results, ...this.#entries.map((entry, at) => this.#row(entry, at)));
    const active = this.chosen ? `entry-${this.#active}` : null;
    attribute(this.input, "aria-activedescendant", active);
    attribute(this.input, "aria-expanded", this.#entries.length ? "true" : "false");
  }

  /** A phone's state changed: only its lamp is rewritten. */
  lamp(extension) {
    const at = this.#entries.findIndex((entry) => entry.number === extension);
    if (at < 0) return;
    const row = this.results.children[at];
    const now = this.presence(this.#entries[at]);
    attribute(row, "data-presence", now);
    write(row.querySelector(".entry-presence"), t(`presence.${now}`));
  }

  #row(entry, at) {
    const presence = this.presence(entry);
    const kind = entry.kind && entry.kind !== "person" ? el("span", { class: "badge", text: t(`kind.${entry.kind}`) }) : null;
    const quiet = entry.allowed === false ? "may_not_dial" : entry.listed;
    const unlisted = quiet === "listed" ? null : el("span", { class: "badge badge-quiet", text: t(`directory.${quiet}`) });
    const unit = [this.said(entry, "title"), this.said(entry, "department")].filter(Boolean).join(t("list.comma"));
    const lamp = presence
      ? el("span", { class: "entry-lamp" }, el("span", { class: "lamp" }), el("span", { class: "entry-presence", text: t(`presence.${presence}`) }))
      : el("span", { class: "entry-presence" });
    const offered = entry.kind === "outside" ? QUICK.filter((purpose) => OUTWARD.has(purpose)) : QUICK;
    const quick = offered.map((purpose) =>
      el("button", {
        type: "button", class: "quick", tabindex: "-1", title: t(`order.${purpose}`),
        "aria-label": t("directory.quick", { what: t(`order.${purpose}`), who: this.name(entry) }),
        on: { click: (event) => (event.stopPropagation(), this.on.use(purpose, entry)) },
      }, icon(purpose)),
    );
    return el(
      "div",
      {
        class: "entry", role: "row", id: `entry-${at}`, data: { presence },
        "aria-selected": at === this.#active ? "true" : "false",
        on: { click: () => this.#choose(at), dblclick: () => this.on.use(this.purpose, entry) },
      },
      el("div", { class: "entry-line", role: "gridcell" },
        el("span", { class: "entry-name", text: this.name(entry) }), el("span", { class: "entry-number", text: entry.shown ?? entry.number })),
      el("div", { class: "entry-line row-small", role: "gridcell" },
        kind, unlisted, el("span", { class: "entry-unit", text: unit }), lamp),
      el("div", { class: "entry-quick", role: "gridcell" }, ...quick,
        el("span", { class: "entry-enter" }, el("kbd", { text: "Enter" }), ` ${t(`order.${this.purpose}`)}`)),
    );
  }

  #choose(at) {
    if (!this.#had && !this.#moved) this.on.began();
    this.#active = at;
    this.#moved = true;
    [...this.results.children].forEach((row, i) => attribute(row, "aria-selected", i === at ? "true" : "false"));
    attribute(this.input, "aria-activedescendant", `entry-${at}`);
    this.results.children[at]?.scrollIntoView({ block: "nearest" });
    this.on.chosen?.(this.chosen);
  }

  #key(event) {
    if (event.isComposing) return;
    const count = this.#entries.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (count) this.#choose(event.key === "ArrowDown" ? (this.#active + 1) % count : (Math.max(this.#active, 0) + count - 1) % count);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.#enter(event.shiftKey ? "consult" : event.ctrlKey ? "voicemail" : this.purpose);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (this.input.value || this.purpose !== "transfer") this.clear();
      else this.on.leave();
    }
  }

  /** Nothing typed and nobody chosen means nobody: no call goes to whoever happens to stand first. */
  async #enter(purpose) {
    const entry = this.purpose === "queue" && !this.#text() ? this.chosen : await this.meant();
    if (entry) this.on.use(purpose, entry);
  }
}

/** A number outside as the directory shows it. Its `number` is what an order names: with the prefix, as it is dialled. */
function numberOutside({ number, dialled, allowed }) {
  const name = t("directory.outside", { number });
  return { number: dialled, name, name_en: name, shown: "", kind: "outside", presence: null, listed: "listed", outside: number, allowed };
}
