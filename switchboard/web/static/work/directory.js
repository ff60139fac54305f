// Fields that take an extension: suggestions come from the directory while one types, by name, pinyin or number.
// <input list="…" data-directory>: what is chosen begins with the number.

import { ask } from "./ask.js";

const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";

async function suggest(input) {
  const words = input.value.trim();
  if (!words || /^\d+\s/.test(words)) return;
  let found;
  try {
    found = await ask("GET", `/directory?limit=12&q=${encodeURIComponent(words)}`);
  } catch {
    return; // a number can be typed all the same
  }
  const entries = Array.isArray(found) ? found : (found?.entries ?? []);
  if (input.value.trim() !== words) return;
  input.list.replaceChildren(
    ...entries.map((entry) => {
      const option = document.createElement("option");
      const name = language === "en" ? entry.name_en || entry.name : entry.name;
      option.value = `${entry.number} ${name}`;
      return option;
    }),
  );
}

let waiting = 0;
document.addEventListener("input", (event) => {
  if (event.target.dataset?.directory === undefined) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => suggest(event.target), 120);
});
