// What the panels are about: links, formulas, pictures' descriptions, and where they stand in the text.
import { NodeSelection } from "../vendor/tiptap.js";
import { typeset, unreadable } from "./editor-formula.js";
import { button, closePanel, field, openPanel } from "./editor-panel.js";
import { picturesIn, upload } from "./editor-picture.js";
import { caretAfter, placeBlock } from "./editor-place.js";
import { linkAllowed } from "./editor-schema.js";

const TYPING = 200; // milliseconds of rest before a formula is sent to be typeset
const FORMULAS = ["formula", "displayFormula"];
const PICTURES = ["picture", "inlinePicture"];

const anchorAt = (editor, position) => {
  const node = editor.view.nodeDOM(position);
  if (node instanceof Element) return node.getBoundingClientRect();
  return editor.view.coordsAtPos(position);
};

export function linkPanel(editor, frame) {
  editor.commands.extendMarkRange("link");
  const { from, to, empty } = editor.state.selection;
  const { href = "" } = editor.getAttributes("link");
  const chosen = editor.state.doc.textBetween(from, to, " ");
  const address = field({ label: "Where the link goes", value: href, hint: "https://… or a page here: /challenges", inputMode: "url" });
  const words = field({ label: "Words of the link", value: chosen, spellcheck: true });
  const parts = empty ? [address.around, words.around] : [address.around];
  const remove = button("Take the link away", () => {
    editor.chain().unsetMark("link").run();
    closePanel();
  });
  openPanel(editor, frame, {
    name: "Link",
    anchor: editor.view.coordsAtPos(to),
    parts,
    buttons: href ? [remove] : [],
    done: () => {
      let goal = address.input.value.trim();
      if (/^[\w-]+(\.[\w-]+)+([/?#]|$)/.test(goal)) goal = `https://${goal}`;
      if (/^[^\s@/]+@[^\s@/]+$/.test(goal)) goal = `mailto:${goal}`;
      if (!linkAllowed(goal)) return "Begin with https://, mailto: or, for a page here, with a slash.";
      const marks = [{ type: "link", attrs: { href: goal } }];
      if (empty) editor.chain().insertContent({ type: "text", text: words.input.value.trim() || goal, marks }).run();
      else editor.chain().setTextSelection({ from, to }).setMark("link", { href: goal }).setTextSelection(to).run();
      return null;
    },
  });
}

/** A new formula, or the one at `position`. */
export function formulaPanel(editor, frame, position = null, display = false) {
  const node = position === null ? null : editor.state.doc.nodeAt(position);
  const { from, to } = editor.state.selection;
  if (node) display = node.type.name === "displayFormula";
  const chosen = node ? node.attrs.latex : editor.state.doc.textBetween(from, to, " ").replace(/^\$+|\$+$/g, "");
  const latex = field({ label: "Formula, in LaTeX", value: chosen, kind: "textarea", rows: 2, hint: "For example \\frac{1}{2}x^2. Enter puts it in." });
  const alone = field({ label: "On a line of its own", value: display, kind: "tick" });
  const shown = document.createElement("div");
  shown.className = "writer-typeset formula";
  shown.setAttribute("role", "status");
  let asked = 0;
  let timer;
  const show = async () => {
    const mine = (asked += 1);
    const source = latex.input.value.trim();
    const nodes = source ? await typeset(source, alone.input.checked) : [];
    if (mine !== asked) return; // something newer is on its way
    shown.replaceChildren(...(nodes ?? ["No connection: it is typeset when the line is back."]));
    shown.classList.toggle("unread", Boolean(nodes && unreadable(nodes)));
  };
  latex.input.addEventListener("input", () => {
    asked += 1;
    clearTimeout(timer);
    timer = setTimeout(show, TYPING);
  });
  alone.input.addEventListener("change", show);
  const range = node ? { from: position, to: position + node.nodeSize } : { from, to };
  const take = (type, attrs) => {
    const { tr, schema } = editor.state;
    const made = schema.nodes[type].create(attrs);
    if (made.isInline) editor.chain().insertContentAt(range, made.toJSON()).run();
    else if (node?.type === made.type) editor.view.dispatch(caretAfter(tr.setNodeMarkup(position, null, attrs), position));
    else editor.view.dispatch(placeBlock(tr, range, made));
  };
  openPanel(editor, frame, {
    name: "Formula",
    anchor: node ? anchorAt(editor, position) : editor.view.coordsAtPos(from),
    parts: [latex.around, shown, alone.around],
    buttons: node ? [button("Remove", () => (editor.chain().deleteRange(range).run(), closePanel()))] : [],
    closed: () => clearTimeout(timer),
    done: () => {
      const source = latex.input.value.trim();
      const type = FORMULAS[Number(alone.input.checked)];
      if (source) take(type, { latex: source });
      else if (node) editor.chain().deleteRange(range).run();
      return null;
    },
  });
  show();
}

export function describePanel(editor, frame, position) {
  const node = editor.state.doc.nodeAt(position);
  if (!node || !PICTURES.includes(node.type.name)) return;
  const alt = field({
    label: "What does the picture show?",
    value: node.attrs.alt,
    hint: "For readers who cannot see it. Without it the text is not published.",
    maxLength: 300,
    spellcheck: true,
  });
  openPanel(editor, frame, {
    name: "Picture",
    anchor: anchorAt(editor, position),
    parts: [alt.around],
    buttons: [button("Remove", () => {
      editor.chain().deleteRange({ from: position, to: position + node.nodeSize }).run();
      closePanel();
    })],
    done: () => {
      const words = alt.input.value.trim();
      if (!words) return "Say in a few words what it shows.";
      // The text may have grown since, by another's picture that has arrived.
      const now = positionOf(editor, node.attrs.src) ?? position;
      editor.view.dispatch(editor.state.tr.setNodeAttribute(now, "alt", words));
      return null;
    },
  });
}

function positionOf(editor, src) {
  let found = null;
  editor.state.doc.descendants((node, position) => {
    if (found === null && node.attrs.src === src) found = position;
  });
  return found;
}

/** The first picture that nobody has described. */
export function undescribed(editor) {
  let found = null;
  editor.state.doc.descendants((node, position) => {
    if (found === null && PICTURES.includes(node.type.name) && !node.attrs.alt.trim()) found = position;
  });
  return found;
}

/** Sends pictures, puts them where the words are by then, and asks for a description of the first. */
export async function addPictures(editor, frame, files, say, position = null) {
  if (position !== null) editor.commands.setTextSelection(position);
  let first = null;
  for (const file of picturesIn(files)) {
    say("Sending the picture …");
    try {
      const attrs = await upload(file);
      if (editor.isDestroyed) return;
      const { state, view } = editor;
      view.dispatch(placeBlock(state.tr, state.selection, state.schema.nodes.picture.create(attrs)));
      first ??= attrs.src;
      say("");
    } catch (error) {
      say(error.message, true);
    }
  }
  const at = first && positionOf(editor, first);
  if (at === null || at === undefined) return;
  describePanel(editor, frame, at);
}

/** Enter, or a press, on what has a panel of its own. */
export function openAt(editor, frame, position) {
  const name = editor.state.doc.nodeAt(position)?.type.name;
  if (FORMULAS.includes(name)) formulaPanel(editor, frame, position);
  else if (PICTURES.includes(name)) describePanel(editor, frame, position);
  else return false;
  return true;
}

export function openSelected(editor, frame) {
  const { selection } = editor.state;
  return selection instanceof NodeSelection && openAt(editor, frame, selection.from);
}
