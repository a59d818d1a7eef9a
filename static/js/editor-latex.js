// Words in Markdown or LaTeX, as they are pasted, made into HTML. Formulas are taken out first and put back
// last, so that nobody takes their underscores and stars for emphasis.
import { Marked } from "../vendor/tiptap.js";
import { formulaElement, parsed } from "./editor-source.js";

const OPEN = "\uE000";
const CLOSE = "\uE001";
const PLACE = /\uE000(\d+)\uE001/g;
const CODE = /(```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)|`[^`\n]+`)/;

const ALIGNED = "align|align\\*|alignat|alignat\\*|eqnarray|eqnarray\\*|flalign|flalign\\*";
const ENVIRONMENTS = new RegExp(
  `\\\\begin\\{(${ALIGNED}|equation|equation\\*|gather|gather\\*|multline|multline\\*|displaymath|math)\\}([\\s\\S]*?)\\\\end\\{\\1\\}`,
  "g",
);
const DISPLAY = /\$\$([\s\S]+?)\$\$|\\\[([\s\S]+?)\\\]/g;
// A dollar of money has a space before the next one, or a figure after it.
const INLINE = /\\\(([\s\S]+?)\\\)|(?<![\\$])\$(?![\s$])((?:\\.|[^$\\\n]|\n(?!\n))+?)(?<!\s)\$(?![\d$])/g;
const COMMANDS = /\\(?:(?:sub){0,2}section|textbf|textit|emph|texttt|item|documentclass|usepackage|href|url)\b|\\begin\{(?:itemize|enumerate|quote|quotation|verbatim|document|center)\}/;
const MARKDOWN = [
  /^#{1,6} +\S/m, /^ {0,3}[-*+] +\S.*(\n+ {0,3}[-*+] +\S|$)/m, /^ {0,3}\d+[.)] +\S/m, /^> /m, /^(```|~~~)/m,
  /\*\*[^*\s][^*\n]*\*\*/, /(^|\W)[*_][^*_\s][^*_\n]*[*_](?=\W|$)/m, /\[[^\]\n]+\]\([^)\s]+\)/, /`[^`\n]+`/,
  /^\|.+\|\s*\n\|[\s:|-]+\|/m,
];

const some = (pattern, text) => new RegExp(pattern.source, pattern.flags.replace("g", "")).test(text);
const hasMaths = (text) => [ENVIRONMENTS, DISPLAY, INLINE].some((pattern) => some(pattern, text));

/** Whether somebody has written this for a machine to typeset. */
export const looksWritten = (text) =>
  hasMaths(text) || COMMANDS.test(text) || MARKDOWN.some((pattern) => pattern.test(text));

const marked = new Marked({ gfm: true });
// A "<" in mathematics is less-than, and pasted tags are not wanted in a text for reading either.
marked.use({ tokenizer: { html: () => undefined, tag: () => undefined } });

function takeFormulas(text, formulas) {
  const keep = (latex, display) => {
    const bare = latex.replace(/\\label\{[^}]*\}|\\nonumber\b/g, "").trim();
    return `${OPEN}${formulas.push({ latex: bare, display }) - 1}${CLOSE}`;
  };
  return text
    .replace(ENVIRONMENTS, (_, name, body) => {
      if (name.startsWith("gather") || name.startsWith("multline")) return keep(`\\begin{gathered}${body}\\end{gathered}`, true);
      if (/^(equation|displaymath)/.test(name)) return keep(body, true);
      if (name === "math") return keep(body, false);
      return keep(`\\begin{aligned}${body.replace(/^\{\d+\}/, "")}\\end{aligned}`, true);
    })
    .replace(DISPLAY, (_, dollars, brackets) => keep(dollars ?? brackets, true))
    .replace(INLINE, (_, brackets, dollars) => keep(brackets ?? dollars, false));
}

/** `\name{…}` with whatever braces stand inside, replaced from the inside out. */
function command(text, name, made) {
  const pattern = new RegExp(`\\\\(?:${name})\\*?\\s*\\{`, "g");
  for (let found; (found = [...text.matchAll(pattern)].at(-1)); ) {
    let depth = 1;
    let end = found.index + found[0].length;
    for (; end < text.length && depth; end += 1) depth += { "{": 1, "}": -1 }[text[end]] ?? 0;
    const body = text.slice(found.index + found[0].length, end - (depth ? 0 : 1));
    text = text.slice(0, found.index) + made(body.trim()) + text.slice(end);
  }
  return text;
}

function lists(text) {
  const inner = /\\begin\{(itemize|enumerate)\}(?:\[[^\]]*\])?((?:(?!\\begin\{(?:itemize|enumerate)\})[\s\S])*?)\\end\{\1\}/;
  for (let found; (found = inner.exec(text)); ) {
    const [whole, kind, body] = found;
    const items = body.split(/\\item\b(?:\[[^\]]*\])?/).slice(1);
    const lead = kind === "itemize" ? () => "- " : (n) => `${n + 1}. `;
    const made = items.map((item, n) => lead(n) + item.trim().replace(/\n+(?=[^\n])/g, `\n${" ".repeat(lead(n).length)}`));
    text = text.replace(whole, () => `\n\n${made.join("\n")}\n\n`);
  }
  return text;
}

function latexWords(text) {
  text = text
    .replace(/(^|[^\\])%.*$/gm, "$1")
    .replace(/\\(documentclass|usepackage|label|bibliographystyle|pagestyle)\s*(\[[^\]]*\])?\{[^}]*\}/g, "")
    .replace(/\\(maketitle|noindent|centering|bigskip|medskip|smallskip|newpage|clearpage|par)\b/g, "\n\n")
    .replace(/\\(begin|end)\{(document|center|abstract)\}/g, "\n\n")
    .replace(/\\begin\{(quote|quotation)\}([\s\S]*?)\\end\{\1\}/g, (_, _name, body) => `\n\n${body.trim().replace(/^\s*/gm, "> ")}\n\n`);
  text = lists(text);
  text = command(text, "subsubsection|paragraph", (words) => `\n\n#### ${words}\n\n`);
  text = command(text, "subsection", (words) => `\n\n### ${words}\n\n`);
  text = command(text, "section|chapter|title", (words) => `\n\n## ${words}\n\n`);
  text = command(text, "textbf", (words) => `**${words}**`);
  text = command(text, "emph|textit|textsl", (words) => `*${words}*`);
  text = command(text, "texttt", (words) => `\`${words}\``);
  text = command(text, "underline|text|mbox", (words) => words);
  text = text.replace(/\\href\{([^}]*)\}\{([^}]*)\}/g, "[$2]($1)").replace(/\\url\{([^}]*)\}/g, "<$1>");
  return text
    .replace(/\\\\(\[[^\]]*\])?/g, "  \n")
    .replace(/\\([%&#$_{}])/g, "$1")
    .replace(/``|''/g, (quotes) => (quotes === "``" ? "“" : "”"))
    .replace(/(?<!-)---(?!-)/g, "—")
    .replace(/(?<=\S)~(?=\S)/g, "\u00a0");
}

function putBack(root, formulas) {
  const source = ({ latex, display }) => (display ? `$$${latex}$$` : `$${latex}$`);
  const walker = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  for (const node of nodes) {
    if (node.parentElement.closest("code")) {
      node.data = node.data.replace(PLACE, (_, n) => source(formulas[n]));
      continue;
    }
    const pieces = node.data.split(PLACE);
    if (pieces.length === 1) continue;
    node.replaceWith(...pieces.map((piece, n) => {
      if (n % 2 === 0) return piece;
      return formulaElement(root.ownerDocument, formulas[piece].latex, formulas[piece].display);
    }));
  }
}

/** Headings begin at h2, since the page's title is its h1. */
export function lowerHeadings(root) {
  const by = root.querySelector("h1") ? 1 : 0;
  for (const heading of root.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    const level = Math.min(4, Number(heading.tagName[1]) + by);
    if (`H${level}` === heading.tagName) continue;
    const made = root.ownerDocument.createElement(`h${level}`);
    made.append(...heading.childNodes);
    heading.replaceWith(made);
  }
  return root;
}

/** HTML of pasted words. */
export function fromWords(text) {
  const formulas = [];
  const written = text
    .replace(/\r\n?/g, "\n")
    .replace(/\\begin\{(verbatim|lstlisting)\}(?:\[[^\]]*\])?\n?([\s\S]*?)\\end\{\1\}/g, "\n```\n$2\n```\n")
    .split(CODE)
    .map((part, n) => (n % 2 ? part : takeFormulas(part, formulas)));
  const isLatex = COMMANDS.test(written.filter((_, n) => n % 2 === 0).join(""));
  const source = written.map((part, n) => (isLatex && n % 2 === 0 ? latexWords(part) : part)).join("");
  const root = parsed(marked.parse(source));
  putBack(root, formulas);
  return lowerHeadings(root).innerHTML;
}
