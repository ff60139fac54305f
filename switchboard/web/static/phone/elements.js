// Builds elements. Text always goes in as text: what a caller sends is never read as markup.

/** An element; `props`: `class`, `text`, `on` ({click: f}), else attributes (true: present; false: absent). */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name === "on") for (const [kind, f] of Object.entries(value)) node.addEventListener(kind, f);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** Sets a node's text, when it is another one. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Replaces a node's children. */
export function fill(node, ...children) {
  node.replaceChildren(...children);
}
