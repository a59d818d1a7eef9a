// Marks the reader's own row. A pushed fragment is the same for everybody and never knows who reads it,
// so <html data-me="HANDLE"> says who that is, and the mark is put on here, after each swap.

const page = document.documentElement;
const me = page.dataset.me;

// While the own row can be seen the line "You: 14th" need not stand over the board (board.css). What lies
// under the table's head, or under that line itself, cannot be seen.
const sight = new IntersectionObserver(
  (rows) => page.toggleAttribute("data-own-row-seen", rows.at(-1).intersectionRatio > 0.5),
  { rootMargin: "-40px 0px -72px", threshold: [0, 0.5, 0.51, 1] },
);
let watched = null;

function watch(row) {
  if (row === watched) return;
  sight.disconnect();
  watched = row;
  if (row) sight.observe(row);
  else page.removeAttribute("data-own-row-seen");
}

function mark() {
  for (const row of document.querySelectorAll(`[data-handle="${CSS.escape(me)}"]`)) {
    row.setAttribute("aria-current", "true");
    const slot = row.querySelector(".you");
    if (slot && slot.textContent !== "you") slot.textContent = "you";
  }
  watch(document.querySelector(".board tr[aria-current]"));
}

if (me) {
  mark();
  // Both moments are needed. The first comes in the same task as the swap, so that a gliding row is
  // pictured with its mark; the second because a swap without morphing puts attributes back once more.
  document.addEventListener("htmx:before:settle", mark);
  document.addEventListener("htmx:after:settle", mark);
}
