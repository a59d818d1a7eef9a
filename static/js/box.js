// The answer box in use. htmx sends and swaps; this keeps the manners: nothing red before a pause of one
// second, an old reading dimmed at once, one voice for screen readers, and the focus where the work goes on.

const PAUSE = 1_000;
const pauses = new WeakMap(); // box → timer

const boxOf = (element) => (element instanceof Element ? element.closest(".box") : null);
const inputOf = (box) => box?.querySelector("input[name=answer]:not([readonly])");

function say(words) {
  const voice = document.getElementById("said");
  if (voice && words && voice.textContent !== words) voice.textContent = words;
}

function sayReading(box) {
  // Only the box that somebody writes in speaks, and only once the pause has come.
  if ("typing" in box.dataset || document.activeElement !== inputOf(box)) return;
  const reading = box.querySelector(".reading");
  if (reading && !("stale" in reading.dataset)) say(reading.dataset.say);
}

document.addEventListener("input", ({ target }) => {
  const box = boxOf(target);
  if (!box || target.name !== "answer") return;
  box.dataset.typing = "";
  delete box.dataset.fresh; // the verdict gives its place back to the button
  box.dataset.seen = ""; // and goes: it was about another answer
  const reading = box.querySelector(".reading");
  if (reading) reading.dataset.stale = ""; // gone with the next reading, which does not carry it
  clearTimeout(pauses.get(box));
  pauses.set(box, setTimeout(() => {
    delete box.dataset.typing;
    sayReading(box);
  }, PAUSE));
});

// While an answer is on its way it cannot be changed: what is judged is what stands in the box.
function hold(form, held) {
  const input = form.querySelector("input[name=answer]");
  if (input) input.readOnly = held;
  if (held) form.setAttribute("aria-busy", "true");
  else form.removeAttribute("aria-busy");
}
document.addEventListener("htmx:before:request", ({ target }) => {
  if (target.matches?.(".box form")) hold(target, true);
});
document.addEventListener("htmx:finally:request", ({ target }) => {
  for (const form of document.querySelectorAll(".box form[aria-busy]")) {
    if (form === target || !target.isConnected || target.contains?.(form)) hold(form, false);
  }
});

// No reply while typing: say it where the reading stands, and ask again when the line is back.
document.addEventListener("htmx:error", ({ target, detail }) => {
  const reading = target.matches?.("input[name=answer]") ? boxOf(target)?.querySelector(".reading") : null;
  if (!reading || !detail.ctx || navigator.onLine) return;
  const words = document.createElement("p");
  words.textContent = "No connection. Your answer is read again when it is back.";
  reading.replaceChildren(words);
});
window.addEventListener("online", () => {
  const input = document.activeElement;
  if (inputOf(boxOf(input)) === input) window.htmx?.trigger(input, "mathsoc:again");
});

let sending = null; // {box: id, from: "input" | "button"} of the answer that is on its way
document.addEventListener("submit", ({ target, submitter }) => {
  const box = boxOf(target);
  if (!box) return;
  const typed = document.activeElement === inputOf(box);
  sending = { box: box.id, from: typed || !submitter ? "input" : "button" };
}, true);

function nextOpen(box) {
  const open = [...document.querySelectorAll(".box[data-state=open]")].filter(inputOf);
  const after = (other) => box.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
  return open.find(after) ?? open[0];
}

function placeFocus(box, from) {
  const input = inputOf(box) ?? (box.dataset.state === "solved" ? inputOf(nextOpen(box)) : null);
  // On a phone the keyboard would come up over the verdict of somebody who pressed the button.
  const unwanted = from === "button" && matchMedia("(pointer: coarse)").matches;
  const goal = input && !unwanted ? input : box.querySelector(".verdict, .outcome");
  goal?.focus({ preventScroll: Boolean(unwanted) });
}

document.addEventListener("htmx:after:settle", ({ target }) => {
  const box = boxOf(target);
  if (!box) return;
  if (target.matches(".reading")) {
    sayReading(box);
  } else if (target === box && sending?.box === box.id) {
    const { from } = sending;
    sending = null;
    clearTimeout(pauses.get(box));
    hold(box, false);
    const verdict = box.querySelector(".verdict[data-verdict]");
    if (!verdict) return;
    box.dataset.fresh = "";
    delete box.dataset.seen;
    placeFocus(box, from);
    box.dispatchEvent(new CustomEvent("mathsoc:marked", { bubbles: true }));
  }
});
