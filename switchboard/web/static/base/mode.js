// The badge in the header: who answers the main number, as it is now, also on pages that stay open all day.

const EVERY = 10_000; // ms

const badge = document.getElementById("mode-badge");

function when(text) {
  const form = { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const given = new Intl.DateTimeFormat("en-GB", { ...form, timeZone: badge.dataset.zone });
  const part = Object.fromEntries(given.formatToParts(new Date(text)).map((p) => [p.type, p.value]));
  return `${part.month}-${part.day} ${part.hour}:${part.minute}`;
}

function show({ mode, until }) {
  badge.classList.remove("mode-manual", "mode-automatic");
  badge.classList.add(`mode-${mode}`);
  badge.dataset.mode = mode;
  badge.textContent = badge.dataset[mode] ?? mode;
  if (until) {
    const end = document.createElement("small");
    end.textContent = ` ${badge.dataset.until.replace("{time}", when(until))}`;
    badge.append(end);
  }
}

async function look() {
  if (document.hidden || badge.offsetParent === null) return;
  try {
    const answer = await fetch("/api/v1/mode", { headers: { Accept: "application/json" } });
    if (answer.ok) show(await answer.json());
  } catch {
    // the switchboard is away for a moment: what was known stays, the next look tells
  }
}

if (badge) {
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
}
