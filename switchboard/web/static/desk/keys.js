// Keys. Function keys work everywhere, also while typing; letters only outside fields, and can be switched
// off (somebody who speaks to the computer would set them off by talking).

import { el, fill } from "./elements.js";
import { t } from "./words.js";

/** Action, letter, function key; in the order they are listed. A letter with a capital means Shift. */
export const KEYS = [
  ["orders", [
    ["answer", "a", "F2"], ["hold", "h", "F3"], ["transfer", "t", "F4"], ["consult", "c", "F6"],
    ["park", "p", "F7"], ["message", "m", "F8"], ["voicemail", "v", "F9"], ["hangup", "x", "F10"],
    ["screen", "s", ""], ["serial", "r", ""], ["camp", "b", ""], ["queue", "q", ""], ["complaint", "l", ""],
  ]],
  ["consultation", [["connect", "t", "F4"], ["take_back", "h", "F3"]]],
  ["moving", [
    ["search", "/", ""], ["digits", "0–9", ""], ["choose", "↑ ↓", ""], ["enter", "Enter", ""],
    ["enter_consult", "Shift+Enter", ""], ["enter_voicemail", "Ctrl+Enter", ""], ["escape", "Esc", ""],
    ["caller", "e", ""], ["keys", "?", "F1"],
  ]],
  ["mode", [["manual", "M", ""], ["automatic", "A", ""], ["away", "W", ""], ["schedule", "S", ""]]],
];

const STORED = "desk.letters";
const EDITABLE = "input:not([type=radio]):not([type=checkbox]):not([type=range]), textarea, select, [contenteditable]";

/** Whether letters give orders. */
export function letters() {
  return localStorage.getItem(STORED) !== "off";
}

/** The keys of an action, for its button: ["F2", "A"]. */
export function keysOf(action) {
  for (const [group, list] of KEYS) {
    const found = list.find(([name]) => name === action);
    if (found) return [found[2], letters() ? (group === "mode" ? `⇧${found[1]}` : found[1].toUpperCase()) : ""].filter(Boolean);
  }
  return [];
}

/**
 * Listens for the whole page. `act(action, event)` says whether the key was used. In a dialog only its own
 * keys work. `digits(text)` takes a number typed outside of fields.
 */
export function listen(act, digits) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    const action = meant(event);
    if (action === "digits") {
      event.preventDefault();
      digits(event.key);
    } else if (action && act(action, event)) event.preventDefault();
  });
}

/** The action of a key press, or "". */
export function meant(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return "";
  const typing = event.target instanceof Element && event.target.matches(EDITABLE);
  if (/^F\d+$/.test(event.key)) return event.shiftKey ? "" : byFunctionKey(event.key);
  if (event.key === "Escape") return "escape";
  if (typing || event.repeat && event.key.length === 1) return "";
  if (event.key === "ArrowDown" || event.key === "ArrowUp") return event.key === "ArrowDown" ? "down" : "up";
  if (event.key === "/" || event.key === "?") return event.key === "/" ? "search" : "keys";
  if (/^[0-9*]$/.test(event.key)) return "digits";
  if (!letters()) return "";
  return byLetter(event);
}

function byFunctionKey(key) {
  for (const [, list] of KEYS) for (const [action, , f] of list) if (f === key) return action;
  return "";
}

/** By the key's place as well, for a keyboard that is set to another script. */
function byLetter(event) {
  const latin = /^[a-z]$/i.test(event.key) ? event.key : event.code.replace(/^Key/, "");
  if (!/^[a-z]$/i.test(latin)) return "";
  const wanted = event.shiftKey ? latin.toUpperCase() : latin.toLowerCase();
  const groups = KEYS.filter(([group]) => (group === "mode") === event.shiftKey);
  for (const [, list] of groups) for (const [action, letter] of list) if (letter === wanted) return action;
  return "";
}

/** The list of keys, in a dialog of its own. `changed()`: letters were switched on or off. */
export function fillList(dialog, changed) {
  const box = el("input", { type: "checkbox", id: "letters", on: { change: () => {
    localStorage.setItem(STORED, box.checked ? "on" : "off");
    changed();
  } } });
  box.checked = letters();
  const groups = KEYS.map(([group, list]) =>
    el("section", { data: { keys: group } },
      el("h3", { text: t(`keys.${group}._title`) }),
      el("dl", {}, ...list.map(([action, letter, f]) =>
        el("div", { class: "key-line", data: { action } },
          el("dt", {}, ...[f, group === "mode" ? `⇧ ${letter}` : letter.length === 1 ? letter.toUpperCase() : letter]
            .filter(Boolean).map((key) => el("kbd", { text: key }))),
          el("dd", { text: t(`keys.${group}.${action}`) })))),
    ));
  fill(dialog,
    el("h2", { id: "keys-title", text: t("keys.title") }),
    el("div", { class: "key-groups" }, ...groups),
    el("p", { class: "field-line" }, box, el("label", { for: "letters", text: t("keys.letters") })),
    el("form", { method: "dialog" }, el("button", { class: "primary", text: t("form.close") }, el("kbd", { text: "Esc" }))),
  );
}
