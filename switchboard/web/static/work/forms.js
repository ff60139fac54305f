// Forms that speak to the API: <form data-send="POST /messages/…/handled" data-then="reload">.
// Every named field is one of the JSON's. A refusal is told in the form's own line, and nothing typed is lost.

import { ask, say } from "./ask.js";

/** The form's fields as JSON. Empty optional fields (data-optional) are left out. */
function fields(form) {
  const found = {};
  for (const [name, value] of new FormData(form)) {
    const field = form.elements[name];
    const text = typeof value === "string" ? value.trim() : value;
    if (text === "" && field.dataset?.optional !== undefined) continue;
    found[name] = field.dataset?.first !== undefined ? text.split(/\s/)[0] : text;
  }
  return found;
}

function tell(form, message, kind) {
  let line = form.querySelector(".form-says");
  if (!line) {
    line = document.createElement("p");
    line.className = "form-says notice";
    form.append(line);
  }
  line.setAttribute("role", kind === "fault" ? "alert" : "status");
  line.classList.toggle("fault", kind === "fault");
  line.classList.toggle("good", kind === "good");
  line.textContent = message;
}

async function send(form, button) {
  const [method, path] = form.dataset.send.split(" ");
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) return;
  button?.setAttribute("disabled", "");
  try {
    const body = method === "DELETE" ? undefined : fields(form);
    const at = path.replace(/\{(\w+)\}/g, (_, name) => {
      const value = body[name];
      delete body[name];
      return encodeURIComponent(value);
    });
    const answer = await ask(method, at, body);
    form.dispatchEvent(new CustomEvent("sent", { detail: answer, bubbles: true }));
    const then = form.dataset.then ?? "reload";
    if (then === "reload") window.location.reload();
    else if (then === "say") tell(form, form.dataset.says ?? say("work.done"), "good");
    else window.location.assign(then);
  } catch (error) {
    tell(form, error.message, "fault");
  } finally {
    button?.removeAttribute("disabled");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.send === undefined) return;
  event.preventDefault();
  send(form, event.submitter);
});
