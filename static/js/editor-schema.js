// What a text may consist of: exactly what the server keeps (mathsoc/richtext), so that nothing that is seen
// in the editor is gone after publishing, and nothing that was stored is gone after opening it.
import * as tiptap from "../vendor/tiptap.js";
import { formulaView } from "./editor-formula.js";
import { figureView } from "./editor-picture.js";
import { placeBlock } from "./editor-place.js";

const { Mark, Node } = tiptap;
const UPLOAD = /^\/uploads\/[\w-]+$/;
const LINK = /^(https?:|mailto:|[/#?])/i;

export const linkAllowed = (href) => LINK.test(href) && !href.startsWith("//");

const Link = Mark.create({
  name: "link",
  inclusive: false,
  addAttributes: () => ({ href: { default: "" }, title: { default: null } }),
  parseHTML: () => [
    { tag: "a[href]", getAttrs: (link) => (linkAllowed(link.getAttribute("href").trim()) ? null : false) },
  ],
  renderHTML: ({ HTMLAttributes }) => ["a", HTMLAttributes, 0],
});

/** The attributes of an uploaded picture, read from the picture itself or from the one inside a figure. */
const pictureAttributes = () => {
  const of = (element) => (element.matches("img") ? element : element.querySelector("img"));
  const attribute = (name, fallback) => ({
    default: fallback,
    parseHTML: (element) => of(element)?.getAttribute(name) ?? fallback,
  });
  const number = (name) => ({
    default: null,
    parseHTML: (element) => of(element)?.getAttribute(name)?.match(/^\d{1,5}$/)?.[0] ?? null,
  });
  return { src: attribute("src", ""), alt: attribute("alt", ""), width: number("width"), height: number("height") };
};
const uploaded = (picture) => UPLOAD.test(picture?.getAttribute("src") ?? "");

const InlinePicture = Node.create({
  name: "inlinePicture",
  group: "inline",
  inline: true,
  draggable: true,
  addAttributes: pictureAttributes,
  parseHTML: () => [{ tag: "img", getAttrs: (picture) => (uploaded(picture) ? null : false) }],
  renderHTML: ({ HTMLAttributes }) => ["img", HTMLAttributes],
});

/** A picture on a line of its own; what is typed in it is its caption. */
const Picture = Node.create({
  name: "picture",
  group: "block",
  content: "inline*",
  marks: "bold italic link subscript superscript",
  draggable: true,
  isolating: true,
  addAttributes: pictureAttributes,
  parseHTML: () => [
    {
      tag: "figure",
      priority: 60,
      getAttrs: (figure) => (uploaded(figure.querySelector("img")) ? null : false),
      contentElement: (figure) => figure.querySelector("figcaption") ?? figure.ownerDocument.createElement("p"),
    },
  ],
  renderHTML: ({ HTMLAttributes }) => ["figure", ["img", HTMLAttributes], ["figcaption", 0]],
  addNodeView: () => figureView,
});

const formula = (name, tag, more) =>
  Node.create({
    name,
    atom: true,
    draggable: true,
    ...more,
    addAttributes: () => ({
      latex: { default: "", parseHTML: (element) => element.dataset.latex, renderHTML: () => ({}) },
    }),
    parseHTML: () => [{ tag: `${tag}[data-latex]`, priority: 70 }],
    renderHTML: ({ node }) => [tag, { "data-latex": node.attrs.latex }, node.attrs.latex],
    addNodeView: () => formulaView,
    renderText: ({ node }) => (tag === "span" ? `\\(${node.attrs.latex}\\)` : `\\[${node.attrs.latex}\\]`),
  });

/** Typed: `$x^2$`, `\(x^2\)`. The dollar that opens has no space after it, the one that closes none before. */
const inlineRules = [
  /(?<=^|[^$\\])\$([^$\s](?:[^$]*[^$\s\\])?)\$$/,
  // Not over another formula, which stands as its source in the text that a rule sees.
  /\\\(((?:(?!\\[()]).)+)\\\)$/,
];
const displayRules = [/\$\$([^$]+)\$\$$/, /\\\[((?:(?!\\[[\]]).)+)\\\]$/];

const typed = (find, type) =>
  new tiptap.InputRule({
    find,
    handler: ({ state: { tr, schema }, range, match }) => {
      const node = schema.nodes[type].create({ latex: match[1].trim() });
      if (node.isInline) tr.replaceWith(range.from, range.to, node);
      else placeBlock(tr, range, node);
    },
  });

const InlineFormula = formula("formula", "span", {
  group: "inline",
  inline: true,
  addInputRules: () => inlineRules.map((rule) => typed(rule, "formula")),
});
const DisplayFormula = formula("displayFormula", "div", {
  group: "block",
  addInputRules: () => displayRules.map((rule) => typed(rule, "displayFormula")),
});

// Without the style attributes and column groups that resizing would need.
const Table = tiptap.Table.extend({ renderHTML: () => ["table", ["tbody", 0]] }).configure({ resizable: false });
const unseen = () => ({ default: null, parseHTML: () => null, renderHTML: () => ({}) });
const spans = { colspan: { default: 1 }, rowspan: { default: 1 } };
for (const [name, attribute] of Object.entries(spans)) {
  attribute.parseHTML = (cell) => Math.min(Math.max(Number(cell.getAttribute(name)) || 1, 1), 100);
}
const TableCell = tiptap.TableCell.extend({ addAttributes: () => ({ ...spans, colwidth: unseen() }) });
const TableHeader = tiptap.TableHeader.extend({
  addAttributes: () => ({ ...spans, colwidth: unseen(), scope: { default: null } }),
});
const CodeBlock = tiptap.CodeBlock.configure({ languageClassPrefix: "language-", exitOnTripleEnter: true });

export const extensions = (placeholder) => [
  tiptap.Document, tiptap.Text, tiptap.Paragraph,
  tiptap.Heading.configure({ levels: [2, 3, 4] }),
  tiptap.Bold, tiptap.Italic, tiptap.Subscript, tiptap.Superscript, tiptap.Code, Link,
  tiptap.Blockquote, CodeBlock, tiptap.HardBreak, tiptap.HorizontalRule,
  tiptap.BulletList, tiptap.OrderedList, tiptap.ListItem, tiptap.ListKeymap,
  Table, tiptap.TableRow, TableCell, TableHeader,
  Picture, InlinePicture, InlineFormula, DisplayFormula,
  tiptap.UndoRedo, tiptap.Dropcursor.configure({ class: "editor-drop", color: false }), tiptap.Gapcursor,
  tiptap.TrailingNode,
  tiptap.Placeholder.configure({ placeholder }),
];
