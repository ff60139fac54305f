// The big mode switch: who answers the main number now, who set it, until when; and changing it.

import * as api from "./api.js";
import { moment } from "./clock.js";
import { attribute, el, fill, write } from "./elements.js";
import { keysOf } from "./keys.js";
import { known, t } from "./words.js";

const AWAY_MINUTES = [5, 10, 15, 30, 60];
export const CHOICES = ["manual", "automatic", "away", "schedule"];

export class ModeSwitch {
  /** `nodes`: {now, by, choices, until, away}; `on.problem(sentence)`, `on.done(sentence)`. */
  constructor(nodes, on, mode) {
    Object.assign(this, nodes);
    this.on = on;
    this.mode = mode;
    this.buttons = new Map(CHOICES.map((choice) => [choice, el("button", {
      type: "button", class: "mode-choice", data: { mode: choice }, "aria-pressed": "false", on: { click: () => this.choose(choice) },
    }, el("span", { text: t(`mode.${choice}`) }), el("span", { class: "order-keys", "aria-hidden": "true" }))]));
    fill(this.choices, ...this.buttons.values());
    this.keys();
    this.#awayDialog();
  }

  keys() {
    for (const [choice, button] of this.buttons) {
      fill(button.lastChild, ...keysOf(choice).map((key) => el("kbd", { text: key })));
      attribute(button, "aria-keyshortcuts", keysOf(choice).map((key) => key.replace("⇧", "Shift+")).join(" ") || null);
    }
  }

  /** Whether this user may change the mode; seeing it everybody may. */
  allow(yes) {
    for (const node of [...this.buttons.values(), this.until]) attribute(node, "disabled", !yes);
    this.allowed = yes;
  }

  show() {
    const now = this.mode();
    if (!now) return;
    const scheduled = now.source === "schedule";
    write(this.now, t(`mode.now.${now.mode}`));
    attribute(this.now, "data-mode", now.mode);
    write(this.by, this.#by(now));
    for (const [choice, button] of this.buttons) {
      const on = choice === now.mode && !scheduled || choice === "schedule" && scheduled;
      attribute(button, "aria-pressed", on ? "true" : "false");
    }
  }

  #by(now) {
    const author = String(now.author ?? "").replace(/^user:/, "");
    const source = known(`mode.source.${now.source}`) ? t(`mode.source.${now.source}`) : now.source;
    const until = now.until ? t("mode.until", { time: moment(now.until) }) : t("mode.until_changed");
    return [author, source, until, now.reason].filter(Boolean).join(" · ");
  }

  choose(choice) {
    if (!this.allowed) return;
    if (choice === "away") {
      this.away.showModal();
      this.minutes.select();
    } else if (choice === "schedule") this.#order({ mode: "schedule" });
    else this.#order({ mode: choice, ...this.#until() });
  }

  #until() {
    const chosen = this.until.value;
    if (chosen === "changed") return { until_changed: true };
    return chosen ? { minutes: Number(chosen) } : {};
  }

  async #order(order) {
    const button = this.buttons.get(order.mode);
    attribute(button, "aria-busy", "true");
    try {
      await api.put("/mode", order);
      this.until.value = "";
    } catch (error) {
      this.on.problem(error.message);
    } finally {
      attribute(button, "aria-busy", null);
    }
  }

  #awayDialog() {
    this.minutes = el("input", { id: "away-minutes", type: "number", min: 1, max: 720, value: 15, required: true });
    const send = (minutes) => {
      this.away.close();
      this.#order({ mode: "away", minutes });
    };
    fill(this.away, el("form", { method: "dialog", on: { submit: (event) => (event.preventDefault(), send(Number(this.minutes.value))) } },
      el("h2", { id: "away-title", text: t("mode.away_title") }),
      el("p", { text: t("mode.away_says") }),
      el("div", { class: "choices" }, ...AWAY_MINUTES.map((minutes) =>
        el("button", { type: "button", text: t("mode.minutes", { minutes }), on: { click: () => send(minutes) } }))),
      el("p", { class: "field" }, el("label", { for: "away-minutes", text: t("mode.away_minutes") }), this.minutes),
      el("div", { class: "form-buttons" }, el("button", { type: "submit", class: "primary", text: t("mode.away_send") }),
        el("button", { type: "button", text: t("form.cancel"), on: { click: () => this.away.close() } }, el("kbd", { text: "Esc" })))));
  }
}
