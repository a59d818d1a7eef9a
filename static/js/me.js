// Marks the reader's own row. A pushed fragment is the same for everybody and never knows who reads it,
// so <html data-me="HANDLE"> says who that is, and the mark is put on here, after each swap.

const me = document.documentElement.dataset.me;

function mark() {
  for (const row of document.querySelectorAll(`[data-handle="${CSS.escape(me)}"]`)) {
    row.setAttribute("aria-current", "true");
    const slot = row.querySelector(".you");
    if (slot && slot.textContent !== "you") slot.textContent = "you";
  }
}

if (me) {
  mark();
  // Both moments are needed. The first comes in the same task as the swap, so that a gliding row is
  // pictured with its mark; the second because a swap without morphing puts attributes back once more.
  document.addEventListener("htmx:before:settle", mark);
  document.addEventListener("htmx:after:settle", mark);
}
