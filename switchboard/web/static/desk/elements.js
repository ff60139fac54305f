// Builds elements. Text always goes in as text: what a caller sends is never read as markup.

/**
 * An element. `props`: `class`, `text`, `on` ({click: f}), `data` ({id: "x"}); anything else is an attribute,
 * where true means present and false, null or undefined mean absent. Children are nodes or strings.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name === "on") for (const [kind, f] of Object.entries(value)) node.addEventListener(kind, f);
    else if (name === "data") Object.assign(node.dataset, value);
    else attribute(node, name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Sets, or with false, null or undefined takes away, an attribute; the document isn't touched in vain. */
export function attribute(node, name, value) {
  if (value === false || value === null || value === undefined) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
  } else {
    const text = value === true ? "" : String(value);
    if (node.getAttribute(name) !== text) node.setAttribute(name, text);
  }
}

/** Sets a node's text, when it is another one. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Replaces a node's children. */
export function fill(node, ...children) {
  node.replaceChildren(...children.filter((child) => child !== null && child !== undefined && child !== false));
}

/** A small drawing from the page's sprite, for the eye only: the words beside it say the same. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("focusable", "false");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `#icon-${name}`);
  drawing.append(use);
  return drawing;
}
