// Between the HTML that is stored and what the editor holds. Both ways go through a document of its own,
// in which no picture is fetched and nothing runs.

const SKIPPED = "code, pre, [data-latex]";
const SOURCE = /\\\((.+?)\\\)|\\\[(.+?)\\\]/gs;

export const parsed = (html) => new DOMParser().parseFromString(`<body>${html}`, "text/html").body;

export function formulaElement(document, latex, display) {
  const element = document.createElement(display ? "div" : "span");
  element.dataset.latex = latex;
  element.textContent = latex;
  return element;
}

function textNodes(root) {
  const walker = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) if (!walker.currentNode.parentElement.closest(SKIPPED)) found.push(walker.currentNode);
  return found;
}

/** `\( … \)` and `\[ … \]` in the words become formula elements. */
export function withFormulas(root) {
  root.normalize();
  for (const node of textNodes(root)) {
    const pieces = [];
    let end = 0;
    for (const found of node.data.matchAll(SOURCE)) {
      const [whole, inline, display] = found;
      pieces.push(node.data.slice(end, found.index));
      pieces.push(formulaElement(root.ownerDocument, (inline ?? display).trim(), display !== undefined));
      end = found.index + whole.length;
    }
    if (pieces.length) node.replaceWith(...pieces, node.data.slice(end));
  }
  return root;
}

/** What the textarea holds, as the editor can read it. */
export const fromSource = (source) => withFormulas(parsed(source));

function unwrap(element) {
  element.replaceWith(...element.childNodes);
}

function tidyTable(table) {
  table.querySelectorAll("colgroup").forEach((columns) => columns.remove());
  const body = table.querySelector("tbody");
  const head = table.ownerDocument.createElement("thead");
  while (body?.rows[0] && [...body.rows[0].cells].every((cell) => cell.matches("th")) && body.rows.length > 1) {
    head.append(body.rows[0]);
  }
  if (head.rows.length) table.prepend(head);
  for (const cell of table.querySelectorAll("th, td")) {
    for (const name of ["colspan", "rowspan"]) if (cell.getAttribute(name) === "1") cell.removeAttribute(name);
    if (cell.matches("th") && !cell.hasAttribute("scope")) cell.scope = cell.closest("thead") ? "col" : "row";
  }
}

/** What the editor holds, as it is stored: the HTML that somebody would write by hand. */
export function toSource(root) {
  root.querySelectorAll("table").forEach(tidyTable);
  for (const alone of root.querySelectorAll(":is(li, td, th) > p:first-child")) {
    if (!alone.nextElementSibling || alone.parentElement.matches("li") && !alone.nextElementSibling.matches("p")) unwrap(alone);
  }
  for (const caption of root.querySelectorAll("figcaption")) if (!caption.hasChildNodes()) caption.remove();
  // The empty paragraph that the editor keeps at the end for the next words.
  while (root.lastElementChild?.matches("p") && !root.lastElementChild.hasChildNodes()) root.lastElementChild.remove();
  return [...root.children].map((block) => block.outerHTML).join("\n");
}

/** Pictures whose description is missing; without it nothing is published. */
export const withoutDescription = (source) =>
  [...parsed(source).querySelectorAll("img")].filter((picture) => !picture.alt.trim()).length;
