// What comes from the clipboard: pictures, Markdown, LaTeX, and pages of Word and Google Docs, made clean.
import { fromWords, looksWritten, lowerHeadings } from "./editor-latex.js";
import { picturesIn } from "./editor-picture.js";
import { formulaElement, parsed } from "./editor-source.js";

// A page that has any of these says itself what its words are; one that has none is text in a coat.
const MEANT = "h1, h2, h3, h4, h5, h6, ul, ol, table, strong, em, a[href], blockquote, math, img, b, i, .MsoNormal";

function rename(element, name) {
  const made = element.ownerDocument.createElement(name);
  made.append(...element.childNodes);
  element.replaceWith(made);
  return made;
}

function formulas(root) {
  for (const whole of root.querySelectorAll(".katex, .katex-display, mjx-container, .mwe-math-element, math")) {
    if (!whole.isConnected) continue;
    const source =
      whole.querySelector("annotation[encoding*='tex' i]")?.textContent ??
      (whole.matches("math") ? whole : whole.querySelector("math"))?.getAttribute("alttext");
    if (!source) continue;
    const display = whole.matches(".katex-display, [display='true'], [display='block']");
    const bare = source.trim().replace(/^\{\\displaystyle\s?([\s\S]*)\}$/, "$1").trim();
    whole.replaceWith(formulaElement(root.ownerDocument, bare, display));
  }
}

/** Word writes a list as paragraphs that begin with their sign. */
function wordLists(root) {
  let list = null;
  for (const item of root.querySelectorAll("p[class*='MsoListParagraph'], p[style*='mso-list:']")) {
    const sign = item.querySelector("[style*='mso-list:Ignore'], [style*='mso-list: Ignore']");
    const kind = /^\s*(\d+|[a-z]|[ivx]+)[.)]/i.test(sign?.textContent ?? "") ? "ol" : "ul";
    sign?.remove();
    if (!list || list !== item.previousElementSibling || list.localName !== kind) {
      list = root.ownerDocument.createElement(kind);
      item.before(list);
    }
    list.append(item);
    rename(item, "li");
  }
}

/** Google Docs says bold and raised in style alone, and wraps everything in a <b> that is none. */
function styles(root) {
  for (const element of root.querySelectorAll("b[id^='docs-internal'], b[style*='font-weight:normal']")) {
    element.replaceWith(...element.childNodes);
  }
  for (const span of root.querySelectorAll("span[style]")) {
    const { fontWeight, fontStyle, verticalAlign } = span.style;
    const wanted = [];
    if (!span.closest("h1, h2, h3, h4") && (fontWeight === "bold" || Number(fontWeight) >= 600)) wanted.push("strong");
    if (fontStyle === "italic") wanted.push("em");
    if (verticalAlign === "super") wanted.push("sup");
    if (verticalAlign === "sub") wanted.push("sub");
    for (const name of wanted) {
      const made = root.ownerDocument.createElement(name);
      made.append(...span.childNodes);
      span.append(made);
    }
  }
}

/** Markup from elsewhere with what it means and without how it looked. */
export function cleanHtml(html) {
  if (html.includes("data-pm-slice")) return html; // from an editor like this one
  const root = parsed(html);
  root.querySelectorAll("style, script, meta, link, title, xml, head, o\\:p").forEach((one) => one.remove());
  styles(root); // reads the style attributes, which a parsed document keeps though none applies
  formulas(root);
  wordLists(root);
  lowerHeadings(root);
  // Word closes its pages with empty paragraphs.
  for (const words of root.querySelectorAll("p, h2, h3, h4")) {
    if (!words.textContent.trim() && !words.querySelector("img, [data-latex]")) words.remove();
  }
  return root.innerHTML;
}

/** The editor's own answers to a paste or a drop; `pictures(files, position)` takes what is a picture. */
export function pasting(pictures) {
  let ours = false;
  const paste = (view, html) => {
    ours = true;
    view.pasteHTML(html);
    ours = false;
    return true;
  };
  return {
    transformPastedHTML: (html) => (ours ? html : cleanHtml(html)),
    handlePaste(view, event) {
      const given = event.clipboardData;
      if (ours || !given || view.state.selection.$from.parent.type.spec.code) return false;
      const html = given.getData("text/html");
      const page = html ? parsed(html) : null;
      const files = picturesIn(given.files);
      // Word sends a picture of the words beside the words.
      if (files.length && !page?.textContent.trim()) {
        pictures(files);
        return true;
      }
      const text = given.getData("text/plain");
      if (page?.querySelector(MEANT) && !page.querySelector("[data-vscode], .view-line")) return false;
      if (!text || html.includes("data-pm-slice") || !looksWritten(text)) return false;
      return paste(view, fromWords(text));
    },
    handleDrop(view, event) {
      const files = picturesIn(event.dataTransfer?.files);
      if (!files.length) return false;
      event.preventDefault();
      pictures(files, view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos ?? null);
      return true;
    },
  };
}
