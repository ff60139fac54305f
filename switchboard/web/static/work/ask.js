// Asking the API: JSON there and back, the session's token with every change, errors as sentences.

const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";

export class Failed extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** `method` `path` below /api/v1. Resolves to what was answered, null for nothing; rejects with Failed. */
export async function ask(method, path, body, type = "application/json") {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = csrf;
  let content;
  if (body !== undefined) {
    headers["Content-Type"] = type;
    content = type === "application/json" ? JSON.stringify(body) : body;
  }
  let response;
  try {
    response = await fetch(`/api/v1${path}`, { method, headers, body: content });
  } catch {
    throw new Failed(0, "unreachable", say("work.unreachable"));
  }
  if (response.status === 401) {
    window.location.assign(`/sign-in?next=${encodeURIComponent(window.location.pathname + window.location.search)}`);
  }
  const text = await response.text();
  const answer = text ? JSON.parse(text) : null;
  if (!response.ok) {
    throw new Failed(response.status, answer?.error?.code ?? "", answer?.error?.message ?? say("work.failed"));
  }
  return answer;
}

const texts = JSON.parse(document.getElementById("texts")?.textContent || "{}");

/** A text of the page, with {name} filled in. */
export function say(key, values = {}) {
  const text = texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
