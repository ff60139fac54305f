// The session has ended: sign in again on the same page, so that nothing on it is lost.

import { attribute, el, fill, write } from "./elements.js";
import { t } from "./words.js";

export class SignIn {
  /** `done()`: somebody is signed in again (who, the page asks the API). */
  constructor(dialog, user, done) {
    this.dialog = dialog;
    this.done = done;
    this.user = el("input", { id: "again-user", autocomplete: "username", autocapitalize: "none", spellcheck: "false", maxlength: 64, required: true });
    this.user.value = user;
    this.password = el("input", { id: "again-password", type: "password", autocomplete: "current-password", maxlength: 256, required: true });
    this.fault = el("p", { class: "form-error", role: "alert", hidden: true });
    this.send = el("button", { type: "submit", class: "primary", text: t("sign_in.send") });
    fill(dialog, el("form", { method: "dialog", on: { submit: (event) => this.#submit(event) } },
      el("h2", { id: "sign-in-title", text: t("sign_in.title") }),
      el("p", { text: t("sign_in.says") }),
      this.fault,
      el("label", { for: "again-user", text: t("sign_in.user") }), this.user,
      el("label", { for: "again-password", text: t("sign_in.password") }), this.password,
      el("div", { class: "form-buttons" }, this.send, el("button", { type: "button", text: t("form.close"), on: { click: () => dialog.close() } }))));
  }

  open() {
    if (this.dialog.open) return;
    this.password.value = "";
    this.#refuse("");
    this.dialog.showModal();
    this.password.focus();
  }

  async #submit(event) {
    event.preventDefault();
    attribute(this.send, "disabled", true);
    try {
      const fault = await enter(this.user.value, this.password.value);
      this.#refuse(fault);
      if (!fault) {
        this.dialog.close();
        this.done();
      }
    } catch {
      this.#refuse(t("sign_in.failed"));
    } finally {
      this.password.value = "";
      attribute(this.send, "disabled", null);
    }
  }

  #refuse(sentence) {
    write(this.fault, sentence);
    attribute(this.fault, "hidden", !sentence);
  }
}

/** Sends the sign-in page's own form. Returns "" when let in, else what that page says is wrong. */
async function enter(user, password) {
  const page = await read(await fetch("/sign-in", { cache: "no-store" }));
  const csrf = page.querySelector('input[name="csrf"]')?.value ?? "";
  const form = new URLSearchParams({ csrf, user, password, next: "/desk" });
  const answer = await fetch("/sign-in", { method: "POST", body: form, headers: { Accept: "text/html" }, redirect: "manual" });
  if (answer.type === "opaqueredirect") return ""; // sent on: signed in
  return (await read(answer)).querySelector('[role="alert"]')?.textContent.trim() || t("sign_in.wrong");
}

/** A page as a document that runs nothing. */
async function read(answer) {
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}
