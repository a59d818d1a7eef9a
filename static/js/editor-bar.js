// The bar over the text, and the little one below a table.
import { formulaPanel, linkPanel } from "./editor-tools.js";

const MAC = /Mac|iP(hone|ad|od)/.test(navigator.platform);
const keys = (words) => (MAC ? words.replace("Ctrl+", "⌘").replace("Shift+", "⇧") : words);

/** name, icon (static/icons/editor-….svg in editor.css), what it does, whether it is on, its keys. */
function tools(editor, frame, choose) {
  const run = (change) => () => change(editor.chain().focus()).run();
  const mark = (name, words, shortcut) => [words, name, run((c) => c.toggleMark(name)), () => editor.isActive(name), shortcut];
  const heading = (level) => [
    `Heading ${level}`, `h${level}`, run((c) => c.toggleHeading({ level })), () => editor.isActive("heading", { level }), `Ctrl+Alt+${level}`,
  ];
  const block = (words, name, node, change, shortcut) => [words, name, run(change), () => editor.isActive(node), shortcut];
  return [
    mark("bold", "Bold", "Ctrl+B"),
    mark("italic", "Italic", "Ctrl+I"),
    heading(2),
    heading(3),
    block("List", "list", "bulletList", (c) => c.toggleBulletList(), "Ctrl+Shift+8"),
    block("Numbered list", "numbers", "orderedList", (c) => c.toggleOrderedList(), "Ctrl+Shift+7"),
    block("Quotation", "quote", "blockquote", (c) => c.toggleBlockquote(), "Ctrl+Shift+B"),
    ["Link", "link", () => linkPanel(editor, frame), () => editor.isActive("link"), "Ctrl+K"],
    ["Formula in the line", "formula", () => formulaPanel(editor, frame), () => editor.isActive("formula"), "Ctrl+M"],
    ["Formula on a line of its own", "display", () => formulaPanel(editor, frame, null, true), () => editor.isActive("displayFormula"), "Ctrl+Shift+M"],
    ["Picture", "picture", choose, null],
    ["Table", "table", run((c) => c.insertTable({ rows: 3, cols: 3, withHeaderRow: true })), () => editor.isActive("table")],
    block("Code", "code", "codeBlock", (c) => c.toggleCodeBlock(), "Ctrl+Alt+C"),
    ["Undo", "undo", run((c) => c.undo()), null, "Ctrl+Z", () => editor.can().undo()],
  ];
}

function toolbar(name, made, className) {
  const bar = document.createElement("div");
  bar.className = className;
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", name);
  bar.append(...made);
  made.forEach((button, n) => { button.tabIndex = n ? -1 : 0; });
  const go = (to) => {
    for (const button of made) button.tabIndex = button === to ? 0 : -1;
    to.focus();
  };
  bar.addEventListener("keydown", (event) => {
    const at = made.indexOf(event.target);
    const goals = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 };
    if (at < 0 || !(event.key in goals)) return;
    event.preventDefault();
    go(made.at(goals[event.key] % made.length));
  });
  // A press must not take the selection away from the text.
  bar.addEventListener("mousedown", (event) => event.preventDefault());
  return bar;
}

function pressable(words, icon, press) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-label", words);
  if (icon) {
    const shape = document.createElement("span");
    shape.className = `icon writer-icon-${icon}`;
    shape.setAttribute("aria-hidden", "true");
    button.append(shape);
  } else {
    button.textContent = words;
  }
  button.addEventListener("click", press);
  return button;
}

/** The bar; pictures that are chosen go through `pictures`. */
export function makeBar(editor, frame, pictures, controls) {
  const file = document.createElement("input");
  Object.assign(file, { type: "file", accept: "image/png,image/jpeg,image/webp,image/gif", multiple: true, hidden: true });
  file.addEventListener("change", () => {
    pictures([...file.files]);
    file.value = "";
  });
  const states = [];
  const buttons = tools(editor, frame, () => file.click()).map(([words, icon, press, on, shortcut, can]) => {
    const button = pressable(words, icon, press);
    button.title = shortcut ? `${words} (${keys(shortcut)})` : words;
    button.setAttribute("aria-controls", controls);
    states.push(() => {
      if (on) button.setAttribute("aria-pressed", String(on()));
      if (can) button.setAttribute("aria-disabled", String(!can()));
    });
    return button;
  });
  const bar = toolbar("Formatting", buttons, "writer-bar");
  bar.append(file);
  const show = () => states.forEach((state) => state());
  editor.on("transaction", show);
  show();
  return bar;
}

const TABLE = [
  ["Row below", (c) => c.addRowAfter()],
  ["Column after", (c) => c.addColumnAfter()],
  ["Delete row", (c) => c.deleteRow()],
  ["Delete column", (c) => c.deleteColumn()],
  ["Heading row", (c) => c.toggleHeaderRow()],
  ["Heading column", (c) => c.toggleHeaderColumn()],
  ["Delete table", (c) => c.deleteTable()],
];

/** Rows and columns: shows below the table in which the caret stands, over what follows, so nothing jumps. */
export function makeTableBar(editor, frame) {
  const made = TABLE.map(([words, change]) => pressable(words, null, () => change(editor.chain().focus()).run()));
  const bar = toolbar("Table", made, "writer-table-bar");
  bar.hidden = true;
  const show = () => {
    const { $from } = editor.state.selection;
    let table = null;
    for (let depth = $from.depth; depth > 0 && !table; depth -= 1) {
      if ($from.node(depth).type.name === "table") table = editor.view.nodeDOM($from.before(depth));
    }
    bar.hidden = !table;
    if (!table) return;
    const around = frame.getBoundingClientRect();
    bar.style.insetBlockStart = `${table.getBoundingClientRect().bottom - around.top + 4}px`;
  };
  editor.on("transaction", show);
  return bar;
}
