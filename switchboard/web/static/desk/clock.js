// The server's time, whatever the client's clock says: waiting times are computed with this.
// Between two tellings the browser's monotonic clock runs on; a clock that is set anew changes nothing.

let told = Date.now();
let heard = performance.now();
let zone = undefined;
let language = "zh";

/** The server said `at` (ISO 8601) just now. */
export function serverSaid(at) {
  const time = Date.parse(at);
  if (Number.isNaN(time)) return;
  told = time;
  heard = performance.now();
}

/** The server's time now, in milliseconds. */
export function serverNow() {
  return told + performance.now() - heard;
}

/** Seconds since `at` (ISO 8601), by the server's clock; 0 when there is none. */
export function since(at) {
  const time = Date.parse(at ?? "");
  return Number.isNaN(time) ? 0 : Math.max(0, (serverNow() - time) / 1000);
}

/** Times are shown in the company's zone and the user's language. */
export function showIn(timeZone, lang) {
  zone = timeZone || undefined;
  language = lang;
}

/** A time of today as 17:45, another day's with its date. */
export function moment(at) {
  const time = Date.parse(at ?? "");
  if (Number.isNaN(time)) return "";
  const locale = language === "en" ? "en-GB" : "zh-CN";
  const day = (ms) => new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(ms);
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
  const parts = day(time) === day(serverNow()) ? clock : { month: "numeric", day: "numeric", ...clock };
  return new Intl.DateTimeFormat(locale, parts).format(time);
}
