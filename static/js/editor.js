// Texts that are edited where they stand (templates/writing). This much is on every page of somebody who may
// edit; the editor itself is fetched when the first textarea[data-editor] appears.
//
// Here is also what the keyboard and the focus do: into the text when it opens, back to *Edit* when it closes.

const open = new Map(); // textarea → {field, keeping, region: id}
let pressed = null; // the id of the region whose Edit was pressed

const sessionOf = (element) => [...open.values()].find(({ form }) => form.contains(element) || form.closest(".region")?.contains(element));

async function begin(textarea, byPress) {
  textarea.dataset.editor = "open";
  const { form } = textarea;
  const region = textarea.closest(".region")?.id;
  const [{ upgrade }, { Keeping }] = await Promise.all([import("./editor-field.js"), import("./editor-draft.js")]);
  if (!textarea.isConnected || open.has(textarea)) return;
  const here = { textarea, form, region };
  here.keeping = new Keeping(form, {
    follow: () => here.field?.follow(),
    replace: (source) => here.field.replace(source),
    focus: () => here.field.focus(null),
  });
  here.field = upgrade(textarea, {
    changed: () => here.keeping.changed(),
    say: (words, wrong) => here.keeping.say(words, wrong),
  });
  open.set(textarea, here);
  tell(here);
  if (byPress) here.field.focus(textarea.value.trim() ? "start" : "end");
}

/** Why the text was not taken: the editor stays as it is, with its steps to undo, and the focus goes to the words. */
function tell(here) {
  const error = here.form.querySelector(".editor-error:not([data-told])");
  if (!error?.textContent.trim()) return;
  error.dataset.told = "";
  here.keeping.know(error.dataset.draftIs);
  here.field?.refused();
  error.focus();
}

function end(here) {
  open.delete(here.textarea);
  here.keeping.end();
  here.field?.destroy();
}

/** After a swap: editors that are gone end, those that came begin, and the focus goes where the work goes on. */
function look() {
  const closed = [...open.values()].filter(({ textarea }) => !textarea.isConnected);
  closed.forEach(end);
  [...open.values()].forEach(tell);
  const lost = !document.activeElement || document.activeElement === document.body;
  for (const { region } of closed) {
    const back = document.getElementById(region);
    const goal = back?.querySelector("[data-edit]") ?? (back?.matches(".conflict") ? back : null);
    if (goal && lost) goal.focus();
  }
  for (const textarea of document.querySelectorAll("textarea[data-editor='']")) {
    const region = textarea.closest(".region");
    const conflict = region?.matches(".conflict");
    begin(textarea, !conflict && (region?.id === pressed || closed.some((one) => one.region === region?.id)));
  }
}

async function cancel(link, here) {
  here.field?.follow();
  // Awaited also where nothing is to be kept: a click() within the click() of Escape would be ignored.
  if (!(await here.keeping.keep()) && !here.warned) {
    here.warned = true;
    here.keeping.say("The draft could not be saved. Press Cancel again to leave without it.", true);
    return;
  }
  here.keeping.left();
  here.keeping.end();
  here.leaves = true;
  link.click();
}

document.addEventListener("click", (event) => {
  const edit = event.target.closest?.("[data-edit]");
  if (edit) pressed = edit.closest(".region")?.id ?? null;
  const link = event.target.closest?.("[data-cancel]");
  const here = link && sessionOf(link);
  if (!here || here.leaves) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  cancel(link, here);
}, true);

const publishButton = (form) => form.querySelector("button[name=publish]") ?? form.querySelector("button:not([type=button])");
const publishes = (form, submitter) => !submitter || submitter === publishButton(form);

// A text goes to readers, or is thrown away, only after the draft that is under way: it would come back as an old one.
document.addEventListener("submit", (event) => {
  const { target, submitter } = event;
  const thrownAway = target.matches("[data-disposal]") && sessionOf(target);
  if (thrownAway) return void waits(event, thrownAway);
  const here = [...open.values()].find(({ form }) => form === target);
  if (!here?.field) return;
  here.field.follow();
  if (!publishes(here.form, submitter)) {
    if (submitter.formAction.endsWith("/draft")) {
      stop(event);
      here.keeping.changedAt += 1; // asked for, so it is sent in any case
      here.keeping.keep();
    }
    return;
  }
  if (here.field.askForMissing()) return stop(event);
  if (!waits(event, here)) here.sending = true;
}, true);

/** Sends the form once the draft that is under way has arrived; says whether there is one. */
function waits(event, { keeping }) {
  clearTimeout(keeping.timer);
  keeping.timer = null;
  if (!keeping.running) return false;
  const { target, submitter } = event;
  stop(event);
  keeping.running.then(() => target.isConnected && target.requestSubmit(submitter ?? undefined));
  return true;
}

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

document.addEventListener("keydown", (event) => {
  const here = sessionOf(event.target);
  if (!here?.field || here.field.busy() || event.isComposing) return;
  const command = event.ctrlKey || event.metaKey;
  if (event.key === "Escape") {
    here.form.closest(".region")?.querySelector("[data-cancel]")?.click();
  } else if (command && event.key === "s") {
    here.field.follow();
    here.keeping.changedAt += 1;
    here.keeping.keep();
  } else if (command && event.key === "Enter") {
    here.form.requestSubmit(publishButton(here.form));
  } else return;
  stop(event);
}, true);

document.addEventListener("focusout", ({ target, relatedTarget }) => {
  const here = sessionOf(target);
  if (here && !here.field?.frame.contains(relatedTarget) && here.keeping.unsaved) here.keeping.keep();
});

// Sending failed (no line, a gateway's page, a refusal): the words are still here, so drafts go on.
function goOn() {
  for (const here of open.values()) {
    here.sending = false;
    if (here.keeping.unsaved) here.keeping.plan(3_000);
  }
}
document.addEventListener("htmx:error", goOn);
document.addEventListener("htmx:after:request", ({ detail }) => detail.ctx.response?.status >= 400 && goOn());

window.addEventListener("beforeunload", (event) => {
  for (const here of open.values()) {
    here.field?.follow();
    if (here.keeping.unsaved && !here.sending && !here.leaves) event.preventDefault();
  }
});
window.addEventListener("pagehide", () => {
  for (const here of open.values()) if (!here.sending && !here.leaves) here.keeping.leaving();
});

document.addEventListener("htmx:after:settle", look);
look();
