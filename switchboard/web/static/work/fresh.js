// Keeps parts of a page as the server shows them now: elements with data-fresh are fetched again and put in
// place, unless somebody is at work inside them.

const SLOW_SECONDS = 20;
const parts = () => [...document.querySelectorAll("[data-fresh]")];
let asked = 0;

function inUse(part) {
  const active = document.activeElement;
  return part.contains(active) && active.matches("input, textarea, select");
}

/** Fetch this page again and take over its fresh parts. */
export async function refresh() {
  const mine = ++asked;
  let text;
  try {
    const response = await fetch(window.location.href, { headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) return;
    text = await response.text();
  } catch {
    return; // the next time
  }
  if (mine !== asked) return;
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const part of parts()) {
    const now = page.getElementById(part.id);
    if (!now || inUse(part) || now.isEqualNode(part)) continue;
    const focused = part.contains(document.activeElement) ? document.activeElement.id || document.activeElement.getAttribute("href") : null;
    const scrolled = part.scrollTop;
    const next = document.adoptNode(now);
    part.replaceWith(next);
    next.scrollTop = scrolled;
    if (focused) (document.getElementById(focused) ?? next.querySelector(`a[href="${CSS.escape(focused)}"]`))?.focus();
  }
}

const seconds = Number(document.body.dataset.every || parts()[0]?.dataset.fresh || SLOW_SECONDS) || SLOW_SECONDS;
setInterval(() => document.visibilityState === "visible" && refresh(), seconds * 1000);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());

/** Refresh at each event of these kinds of the live stream. */
export function freshOn(...kinds) {
  const stream = new EventSource("/api/v1/events");
  let waiting = 0;
  for (const kind of kinds) {
    stream.addEventListener(kind, () => {
      clearTimeout(waiting);
      waiting = setTimeout(refresh, 150);
    });
  }
}
