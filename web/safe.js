// HTML from Python, built anew from elements that cannot do anything: what a person typed stays text, whatever it is.

const MATHML = "math mrow mi mn mo mtext mfrac msup msub msubsup msqrt mroot mover munder mstyle mspace";
const SVG = "svg g path polygon polyline ellipse text tspan title";
const HTML = "h1 h2 p table thead tbody tr th td pre code b br";
const KNOWN = new Set(`${MATHML} ${SVG} ${HTML}`.split(" "));
const RENAMED = { h1: "h3", h2: "h4" }; // a page of its own becomes a part of this one
const UNWRAPPED = new Set(["a"]); // Graphviz hangs tooltips on links
const ATTRIBUTES = new Set(
  ("display viewBox transform d points x y dy cx cy rx ry text-anchor font-family font-size font-weight font-style fill " +
    "stroke stroke-width stroke-dasharray opacity").split(" "),
);

function copied(node) {
  if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.data)];
  if (node.nodeType !== Node.ELEMENT_NODE) return [];
  const children = [...node.childNodes].flatMap(copied);
  if (UNWRAPPED.has(node.localName)) return children;
  if (!KNOWN.has(node.localName)) return [];
  const nothing = node.localName === "th" && !node.textContent.trim(); // heads nothing: a plain cell
  const name = nothing ? "td" : RENAMED[node.localName] ?? node.localName;
  const element = document.createElementNS(node.namespaceURI, name);
  for (const { name, value } of node.attributes) if (ATTRIBUTES.has(name)) element.setAttribute(name, value);
  element.append(...children);
  return [element];
}

export function safe(html) {
  return [...new DOMParser().parseFromString(html, "text/html").body.childNodes].flatMap(copied);
}

// An element with attributes and children; strings become text.
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in element) element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

// Where something is too wide it scrolls, and then by keyboard, too.
export function reachable(element) {
  if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
  else element.removeAttribute("tabindex");
}
