// Tells a screen reader what changed, once, in the page's live regions.

let polite = null;
let urgent = null;
let last = "";

export function speakInto(politeRegion, urgentRegion) {
  polite = politeRegion;
  urgent = urgentRegion;
}

/** Says `sentence` when the reader has finished; `now` interrupts it. The same sentence twice is said twice. */
export function announce(sentence, now = false) {
  const region = now ? urgent : polite;
  if (!region || !sentence) return;
  region.textContent = sentence === last ? `${sentence}\u00a0` : sentence;
  last = region.textContent;
}
