// One textarea made into an editor. The textarea stays what is sent, and is kept in step with every change.
import { DOMParser, DOMSerializer, Editor, Extension } from "../vendor/tiptap.js";
import { makeBar, makeTableBar } from "./editor-bar.js";
import { closePanel, panelIn } from "./editor-panel.js";
import { pasting } from "./editor-paste.js";
import { leaveCaption } from "./editor-place.js";
import { extensions } from "./editor-schema.js";
import { fromSource, toSource } from "./editor-source.js";
import { addPictures, describePanel, formulaPanel, linkPanel, openAt, openSelected, undescribed } from "./editor-tools.js";

const HINT = "Formulas between dollars: $x^2$, or $$x^2$$ on a line of its own. Markdown and LaTeX can be pasted.";
const WAIT = 120; // milliseconds of rest before the textarea follows; it follows at once before it is sent

const shortcuts = (frame) =>
  Extension.create({
    name: "shortcuts",
    priority: 1000,
    addKeyboardShortcuts() {
      const { editor } = this;
      const done = (act) => () => (act(), true);
      return {
        Enter: () => openSelected(editor, frame) || leaveCaption(editor),
        "Mod-k": done(() => linkPanel(editor, frame)),
        "Mod-m": done(() => formulaPanel(editor, frame)),
        "Mod-Shift-m": done(() => formulaPanel(editor, frame, null, true)),
      };
    },
  });

function sourceOf(editor) {
  const inert = document.implementation.createHTMLDocument("");
  const { doc, schema } = editor.state;
  const body = DOMSerializer.fromSchema(schema).serializeFragment(doc.content, { document: inert }, inert.body);
  return toSource(body);
}

const closest = (node, selector) => (node instanceof Element ? node : node.parentElement)?.closest(selector);

/** Puts an editor in the textarea's place; `changed` hears of each change, `say(words, wrong)` tells the writer. */
export function upgrade(textarea, { changed, say }) {
  const frame = document.createElement("div");
  frame.className = "writer";
  frame.setAttribute("hx-ignore", "");
  const place = document.createElement("div");
  const label = textarea.labels[0];
  if (label && !label.id) label.id = `label-${textarea.id}`;
  const described = textarea.getAttribute("aria-describedby");
  const hint = document.getElementById(described?.split(" ").find((id) => id.includes("hint")));
  if (hint) hint.textContent = HINT;
  const words = {
    id: `writer-${textarea.id}`,
    class: "statement writer-text",
    role: "textbox",
    "aria-multiline": "true",
    "aria-labelledby": label?.id ?? "",
    ...(described && { "aria-describedby": described }),
    ...(textarea.getAttribute("aria-invalid") && { "aria-invalid": "true" }),
  };
  const start = fromSource(textarea.value);
  let stale = false;
  let timer;
  const follow = () => {
    clearTimeout(timer);
    if (stale) textarea.value = sourceOf(editor);
    stale = false;
  };
  const pictures = (files, position) => addPictures(editor, frame, files, say, position);
  const editor = new Editor({
    element: place,
    injectCSS: false,
    extensions: [...extensions("Write here …"), shortcuts(frame)],
    content: "",
    onUpdate() {
      stale = true;
      clearTimeout(timer);
      timer = setTimeout(follow, WAIT);
      changed();
    },
    editorProps: {
      attributes: words,
      ...pasting(pictures),
      handleClickOn(view, _position, node, position, event) {
        if (closest(event.target, "[data-describe]")) return describePanel(editor, frame, position), true;
        return node.isAtom && node.isLeaf && !node.isText && openAt(editor, frame, position);
      },
      handleClick: () => (closePanel(false), false),
    },
  });
  // Not through the editor's own option, which would go by a string once more; and no step to be undone.
  const replaced = (body) => {
    const doc = DOMParser.fromSchema(editor.schema).parse(body);
    return editor.state.tr.replaceWith(0, editor.state.doc.content.size, doc.content);
  };
  editor.view.dispatch(replaced(start).setMeta("addToHistory", false).setMeta("preventUpdate", true));
  place.addEventListener("click", ({ target }) => {
    const button = closest(target, "[data-describe]");
    if (button) describePanel(editor, frame, editor.view.posAtDOM(button.parentElement, 0) - 1);
  });
  // Where the textarea is, with its label before it: nothing else of the form moves.
  frame.append(makeBar(editor, frame, pictures, words.id), place, makeTableBar(editor, frame));
  textarea.before(frame);
  textarea.hidden = true;
  label?.addEventListener("click", () => editor.commands.focus());
  return {
    editor,
    frame,
    follow,
    busy: () => panelIn(frame),
    /** Another text in place of this one, as one step to be undone. */
    replace(source) {
      // closeHistory$ is ProseMirror's own word for "not one step with what was typed just before".
      editor.view.dispatch(replaced(fromSource(source)).setMeta("closeHistory$", true));
      editor.commands.focus("start");
    },
    focus(where = "start") {
      editor.view.focus(); // at once, so that no key is lost
      editor.commands.focus(where);
    },
    refused: () => editor.view.dom.setAttribute("aria-invalid", "true"),
    /** Asks for what is missing before readers can have the text; true where something is. */
    askForMissing() {
      const position = undescribed(editor);
      if (position === null) return false;
      describePanel(editor, frame, position);
      return true;
    },
    destroy() {
      clearTimeout(timer);
      closePanel(false);
      editor.destroy();
    },
  };
}
