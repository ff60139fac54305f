// The switchboard's HTTP API as the page uses it. Every refusal is a `Refused` with a sentence to show.

import { t } from "./words.js";

const ROOT = "/api/v1";
const PATIENCE_MS = 15_000;

let csrf = "";
let signedOut = () => {};

/** `code` as the API names it ("taken", "unreachable" …); `message` is for people. */
export class Refused extends Error {
  constructor(code, message, status = 0) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** The token that every change carries. */
export function useToken(token) {
  csrf = token || csrf;
}

export function onSignedOut(told) {
  signedOut = told;
}

/** Asks the API. Raises Refused, also when nobody answers; AbortError when `signal` says so. */
export async function call(method, path, body = undefined, { signal = undefined } = {}) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = csrf;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const patience = AbortSignal.timeout(PATIENCE_MS);
  let answer;
  try {
    answer = await fetch(ROOT + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      redirect: "error",
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refused("unreachable", t("error.unreachable"));
  }
  const value = await json(answer);
  if (answer.ok) return value;
  if (answer.status === 401) signedOut();
  const said = value?.error;
  throw new Refused(said?.code ?? String(answer.status), said?.message ?? t("error.status", { status: answer.status }), answer.status);
}

async function json(answer) {
  try {
    return await answer.json();
  } catch {
    return null;
  }
}

export const get = (path, options) => call("GET", path, undefined, options);
export const post = (path, body = {}) => call("POST", path, body);
export const put = (path, body = {}) => call("PUT", path, body);
