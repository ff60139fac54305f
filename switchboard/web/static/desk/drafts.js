// What was half typed and what was chosen survives a reload, in this browser tab and for this user only.

let owner = "";

/** From now on drafts are `user`'s. What another user of this tab left is thrown away. */
export function ownedBy(user) {
  owner = `desk.${user}.`;
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith("desk.") && !key.startsWith(owner)) sessionStorage.removeItem(key);
  }
}

/** What was kept under `name`, or `otherwise`. */
export function kept(name, otherwise) {
  try {
    return JSON.parse(sessionStorage.getItem(owner + name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function keep(name, value) {
  try {
    sessionStorage.setItem(owner + name, JSON.stringify(value));
  } catch {
    // full or forbidden: the page works on, a reload would lose this
  }
}

export function forget(name) {
  sessionStorage.removeItem(owner + name);
}

/** Throws away the drafts of calls that are no longer there and have nothing typed in them. */
export function tidy(alive) {
  for (const key of Object.keys(sessionStorage)) {
    const call = key.startsWith(`${owner}call.`) ? key.slice(owner.length + 5).split("|")[0] : null;
    if (call !== null && !alive.has(call)) sessionStorage.removeItem(key);
  }
}

/** Where the drafts of one form of one call are kept. */
export const draftOf = (call, form) => `call.${call}|${form}`;
