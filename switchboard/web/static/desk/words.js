// What the page says, in the user's language: the server put the sentences into the page.

let sentences = {};
let prefix = "";

/** Takes the sentences of one feature: `{"desk.answer": "Answer"}` with the prefix "desk.". */
export function learn(texts, before = "") {
  sentences = texts;
  prefix = before;
}

/** The sentence of a key, with `{name}` replaced. A key nobody wrote shows as itself, so that it is seen. */
export function t(key, values = {}) {
  const sentence = sentences[prefix + key] ?? sentences[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all));
}

/** Whether there is a sentence of this key. */
export function known(key) {
  return prefix + key in sentences || key in sentences;
}

/** Seconds as people read them: 0:07, 12:40, 1:02:03. Never negative. */
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Seconds as they are read aloud. */
export function spoken(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  return minutes ? t("span.minutes", { minutes, seconds: whole % 60 }) : t("span.seconds", { seconds: whole });
}
