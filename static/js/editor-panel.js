// The small form that opens in the editor for a link, a formula, a picture's description. One at a time.
// It stands inside the form of the text, so it is no form of its own, and its fields have no names to be sent.

let open = null;

export function closePanel(back = true) {
  const { panel, editor, closed } = open ?? {};
  if (!panel) return;
  open = null;
  panel.remove();
  closed?.();
  // At once: the editor's own command waits for a frame, in which keys would go nowhere.
  if (back) editor.view.focus();
}

export const panelIn = (frame) => Boolean(open && frame.contains(open.panel));

function place(panel, frame, anchor) {
  const around = frame.getBoundingClientRect();
  const gap = 8;
  const left = Math.min(anchor.left - around.left, around.width - panel.offsetWidth - gap);
  panel.style.insetBlockStart = `${anchor.bottom - around.top + gap}px`;
  panel.style.insetInlineStart = `${Math.max(left, gap)}px`;
  panel.scrollIntoView({ block: "nearest" });
}

let ids = 0;

/** One labelled field: `{label, value, hint, kind: "text" | "textarea" | "tick"}`. */
export function field({ label, value = "", hint = "", kind = "text", ...more }) {
  const around = document.createElement("div");
  around.className = kind === "tick" ? "writer-tick" : "field";
  const id = `writer-field-${(ids += 1)}`;
  const input = document.createElement(kind === "textarea" ? "textarea" : "input");
  Object.assign(input, { id, autocomplete: "off", spellcheck: false, ...more });
  const name = document.createElement("label");
  name.htmlFor = id;
  name.textContent = label;
  if (kind === "tick") {
    input.type = "checkbox";
    input.checked = value;
    around.append(input, name);
  } else {
    input.value = value;
    around.append(name, input);
  }
  if (hint) {
    const words = document.createElement("p");
    words.className = "hint";
    words.id = `${id}-hint`;
    words.textContent = hint;
    input.setAttribute("aria-describedby", words.id);
    name.after(words);
  }
  return { around, input };
}

export function button(words, press, look = "button plain little") {
  const made = document.createElement("button");
  made.type = "button";
  made.className = look;
  made.textContent = words;
  made.addEventListener("click", press);
  return made;
}

/** Opens a panel below `anchor` (a rectangle); `done` keeps it open by returning words of what is wrong. */
export function openPanel(editor, frame, { name, anchor, parts, buttons = [], done, doneWords = "Done", closed }) {
  closePanel(false);
  const panel = document.createElement("div");
  panel.className = "writer-panel";
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", name);
  const wrong = document.createElement("p");
  wrong.className = "error";
  wrong.setAttribute("role", "alert");
  const finish = async () => {
    const words = await done();
    if (words) wrong.textContent = words;
    else if (open?.panel === panel) closePanel();
  };
  const row = document.createElement("p");
  row.className = "choices";
  row.append(button(doneWords, finish, "button little"), ...buttons, button("Cancel", () => closePanel()));
  panel.append(...parts, wrong, row);
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closePanel();
    else if (event.key === "Enter" && event.target.matches("input, textarea") && !event.shiftKey && !event.isComposing) finish();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  frame.append(panel);
  open = { panel, editor, closed };
  place(panel, frame, anchor);
  panel.querySelector("input, textarea, button").focus({ preventScroll: true });
  return panel;
}
