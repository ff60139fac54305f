// Trying rules out: the file is checked and rehearsed first, its problems shown at their lines, and only then put
// in force. What is shown is what was checked: editing takes the buttons away again.

import "./forms.js";
import { freshOn } from "./fresh.js";
import { ask, say } from "./ask.js";

const AROUND = 2;
const MOST = 100;
const YAML = "application/yaml";
const at = (id) => document.getElementById(id);
const text = at("try-text");
let checked = null;

function node(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function excerpt(rows, line, severity) {
  const file = node("div", "file");
  for (let n = Math.max(1, line - AROUND); n <= Math.min(rows.length, line + AROUND); n += 1) {
    const row = node("div", n === line ? `line at ${severity}` : "line", node("span", "", String(n)), node("span", "", rows[n - 1].slice(0, 300)));
    file.append(row);
  }
  return file;
}

function problem(found, rows) {
  const head = node("p", "problem", node("strong", "", `${say("rules.line", { line: found.line })} · ${say(`rules.${found.severity}`)} `));
  head.append(found.message);
  const card = node("div", `problem-card ${found.severity}`, head);
  if (found.hint) card.append(node("p", "hint", `→ ${found.hint}`));
  card.append(excerpt(rows, found.line, found.severity));
  return card;
}

function list(id, sentences) {
  const place = at(id);
  place.hidden = sentences.length === 0;
  place.querySelector("ul").replaceChildren(...sentences.slice(0, MOST).map((words) => node("li", "", words)));
}

function verdict(found) {
  const says = at("result-says");
  const errors = found.problems.filter((p) => p.severity === "error").length;
  const warnings = found.problems.length - errors;
  says.classList.toggle("fault", !found.ok || found.unmet.length > 0);
  says.classList.toggle("good", found.ok && !found.unmet.length && !warnings);
  if (!found.ok) says.textContent = say("rules.has_errors", { count: errors });
  else if (found.unmet.length) says.textContent = say("rules.has_unmet");
  else if (warnings) says.textContent = say("rules.has_warnings", { count: warnings });
  else says.textContent = say("rules.fine");
}

function show(found, content) {
  checked = content;
  const rows = content.split(/\r\n|\r|\n/);
  at("result").hidden = false;
  verdict(found);
  const first = [...found.problems].sort((a, b) => (a.severity === "warning") - (b.severity === "warning"));
  at("result-problems").replaceChildren(...first.slice(0, MOST).map((p) => problem(p, rows)));
  list("result-unmet", found.unmet);
  list("result-changes", found.changes.map((change) => change.words));
  if (found.ok && !found.changes.length) list("result-changes", [say("rules.no_changes")]);
  if (at("put")) {
    at("put").hidden = !found.ok || found.unmet.length > 0;
    at("force").hidden = !found.ok || found.unmet.length === 0;
  }
  at("put-says").hidden = true;
  at("result-title").focus();
}

function fail(error) {
  at("result").hidden = false;
  at("result-says").className = "notice fault";
  at("result-says").textContent = error.message;
}

async function check(event) {
  event.preventDefault();
  const content = text.value;
  const button = event.submitter;
  button.disabled = true;
  try {
    show(await ask("POST", "/rules/check", content, YAML), content);
  } catch (error) {
    fail(error);
  } finally {
    button.disabled = false;
  }
}

async function put(force) {
  if (checked === null || checked !== text.value) return;
  if (force && !window.confirm(say("rules.force_sure"))) return;
  const says = at("put-says");
  for (const id of ["put", "force"]) at(id).disabled = true;
  try {
    const state = await ask("POST", `/rules${force ? "?force=true" : ""}`, checked, YAML);
    if (state.state === "refused") {
      says.hidden = false;
      says.className = "notice fault";
      says.textContent = state.errors.map((e) => e.message).join(" ");
      return;
    }
    window.location.assign("/rules");
  } catch (error) {
    says.hidden = false;
    says.className = "notice fault";
    says.textContent = error.message;
  } finally {
    for (const id of ["put", "force"]) at(id).disabled = false;
  }
}

async function take(file) {
  text.value = await file.text();
  changed();
}

function changed() {
  if (checked === null || checked === text.value) return;
  for (const id of ["put", "force"]) if (at(id)) at(id).hidden = true;
}

at("try-form").addEventListener("submit", check);
text.addEventListener("input", changed);
at("try-file").addEventListener("change", (event) => event.target.files[0] && take(event.target.files[0]));
at("put")?.addEventListener("click", () => put(false));
at("force")?.addEventListener("click", () => put(true));
at("try-present").addEventListener("click", async () => {
  try {
    const shown = await ask("GET", `/rules/versions/${at("try").dataset.current}`);
    text.value = shown.content;
    changed();
  } catch (error) {
    fail(error);
  }
});
freshOn("rules");
