// What the phone says, in the user's language: the page holds the sentences in <script id="phone-texts">.

let sentences = null;

/** The sentence of a key of texts/phone.<language>.yaml, with `{name}` replaced. */
export function t(key, values = {}) {
  sentences ??= JSON.parse(document.getElementById("phone-texts").textContent);
  const sentence = sentences[`phone.${key}`] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all));
}
