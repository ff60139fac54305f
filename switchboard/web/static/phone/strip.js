// The phone as the operator sees it: registered or not and why, the microphone and how loud it is, mute, keys to
// press, and which devices are used. It draws what `Phone` says and decides nothing.

import { el, fill, write } from "./elements.js";
import { t } from "./words.js";

const METER_MS = 100;
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const EVENTS = ["registration", "microphone", "devices", "ringing", "answered", "hold", "mute", "ended"];

export class Strip {
  #phone;
  #nodes;
  #problem = "";

  /** Draws `phone` into `place`, an empty element. */
  constructor(place, phone) {
    this.#phone = phone;
    this.#nodes = nodes(phone, () => this.#fillDevices());
    place.append(this.#nodes.strip, this.#nodes.keys, this.#nodes.dialog);
    place.classList.add("page-phone");
    for (const kind of EVENTS) phone.addEventListener(kind, () => this.draw());
    phone.addEventListener("devices", () => this.#nodes.dialog.open && this.#fillDevices());
    phone.addEventListener("problem", ({ detail }) => {
      this.#problem = detail.code;
      this.draw();
    });
    phone.addEventListener("answered", () => {
      this.#problem = "";
    });
    setInterval(() => this.#meter(), METER_MS);
    this.draw();
  }

  draw() {
    const { state, action, microphone, allow, mute, pad, keys, problem } = this.#nodes;
    const phone = this.#phone;
    state.dataset.state = phone.registration;
    write(state.lastChild, t(`state.${phone.registration}`, { extension: phone.extension }));
    const why = phone.registration === "failed" ? t(`why.${phone.why}`) : "";
    const trouble = why || (this.#problem && phone.microphone !== "live" ? t(`problem.${this.#problem}`) : "");
    write(problem, trouble || (this.#problem === "silent" ? t("problem.silent") : ""));
    problem.hidden = problem.textContent === "";
    action.hidden = !["elsewhere", "refused", "network"].includes(phone.why) || phone.registration !== "failed";
    write(action, t(phone.why === "elsewhere" ? "take_back" : "again"));
    microphone.dataset.state = phone.microphone;
    write(microphone.firstChild, t(`microphone.${phone.microphone}`));
    allow.hidden = !["prompt", "denied", "absent", "unknown"].includes(phone.microphone);
    mute.hidden = pad.hidden = !phone.conversation;
    mute.setAttribute("aria-pressed", String(phone.muted));
    write(mute, t(phone.muted ? "unmute" : "mute"));
    if (pad.hidden) keys.hidden = true;
    pad.setAttribute("aria-expanded", String(!keys.hidden));
  }

  #meter() {
    const { own, other } = this.#nodes;
    if (document.hidden) return;
    const { microphone, other: heard } = this.#phone.levels;
    own.value = this.#phone.muted ? 0 : microphone;
    own.hidden = this.#phone.microphone !== "live";
    other.value = heard;
    other.hidden = !this.#phone.talking;
  }

  #fillDevices() {
    const { devices } = this.#phone;
    for (const [name, list] of [["input", devices.inputs], ["output", devices.outputs], ["ring", devices.outputs]]) {
      const select = this.#nodes[`${name}Select`];
      const known = list.filter((one) => one.deviceId && one.deviceId !== "default");
      fill(
        select,
        el("option", { value: "", text: t("device.system") }),
        ...known.map((one, i) => el("option", { value: one.deviceId, text: one.label || t("device.unnamed", { number: i + 1 }) })),
      );
      select.value = known.some((one) => one.deviceId === devices.chosen[name]) ? devices.chosen[name] : "";
      select.disabled = known.length === 0;
    }
    this.#nodes.processing.checked = devices.chosen.processing;
  }
}

function nodes(phone, opened) {
  const made = {};
  const button = (name, text, press, more = {}) =>
    (made[name] = el("button", { type: "button", class: "quiet", text, on: { click: press }, ...more }));
  made.state = el("span", { class: "page-phone-state", role: "status" }, el("i", { class: "lamp", "aria-hidden": "true" }), el("span"));
  made.own = el("meter", { class: "level", min: "0", max: "1", "aria-label": t("level.own"), hidden: true });
  made.other = el("meter", { class: "level", min: "0", max: "1", "aria-label": t("level.other"), hidden: true });
  made.microphone = el("span", { class: "page-phone-microphone" }, el("span"), made.own, made.other);
  made.problem = el("p", { class: "page-phone-problem", role: "alert", hidden: true });
  button("action", "", () => phone.register(), { hidden: true });
  button("allow", t("microphone.allow"), () => phone.openMicrophone(), { hidden: true });
  button("mute", t("mute"), () => phone.mute(), { "aria-pressed": "false", hidden: true });
  button("pad", t("keys"), () => {
    made.keys.hidden = !made.keys.hidden;
    made.pad.setAttribute("aria-expanded", String(!made.keys.hidden));
  }, { "aria-expanded": "false", "aria-controls": "page-phone-keys", hidden: true });
  button("settings", t("devices"), () => {
    opened();
    made.dialog.showModal();
  }, { "aria-haspopup": "dialog" });
  made.strip = el("div", { class: "page-phone-strip" }, made.state, made.action, made.microphone, made.allow, made.mute, made.pad, made.settings, made.problem);
  made.keys = el("div", { id: "page-phone-keys", class: "page-phone-keys", role: "group", "aria-label": t("keys"), hidden: true },
    ...KEYS.map((key) => el("button", { type: "button", text: key, on: { click: () => phone.press(key) } })));
  made.dialog = dialog(phone, made);
  return made;
}

function dialog(phone, made) {
  const choice = (name) => {
    made[`${name}Select`] = el("select", { on: { change: (event) => phone.devices.choose({ [name]: event.target.value }) } });
    return el("label", {}, el("span", { text: t(`device.${name}`) }), made[`${name}Select`]);
  };
  made.processing = el("input", { type: "checkbox", on: { change: (event) => phone.devices.choose({ processing: event.target.checked }) } });
  const box = el("dialog", { class: "page-phone-devices", "aria-labelledby": "page-phone-devices-title" },
    el("h2", { id: "page-phone-devices-title", text: t("devices") }),
    choice("input"), choice("output"), choice("ring"),
    el("label", { class: "check" }, made.processing, el("span", { text: t("device.processing") })),
    el("div", { class: "buttons" },
      el("button", { type: "button", text: t("device.try_ring"), on: { click: () => phone.tryRing() } }),
      el("button", { type: "button", class: "primary", text: t("device.done"), on: { click: () => box.close() } })));
  return box;
}
