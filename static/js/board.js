// What a board does when its rows have changed: ▲▼ beside a row for five seconds, one tick of a score,
// and now and then a fresh copy of the reader's own place (#own-place), which is private and not pushed.

const SHOWN = 5_000; // how long ▲▼ stays
const OWN_PLACE_EVERY = 15_000; // at most one refresh of #own-place in this time …
const SPREAD = 10_000; // … and not everybody in the same second: one push reaches a whole hall

const seen = new Map(); // board id → Map(handle → {place, points})
const marks = new Map(); // board id + handle → {from, until}

function standings(board) {
  const rows = board.querySelectorAll("tr[data-handle]");
  return new Map(
    [...rows].map((row) => [
      row.dataset.handle,
      { row, place: Number(row.dataset.place), points: row.dataset.points },
    ]),
  );
}

function shift(places) {
  const mark = document.createElement("span");
  mark.className = `shift ${places > 0 ? "up" : "down"}`;
  const arrow = document.createElement("span");
  arrow.setAttribute("aria-hidden", "true");
  arrow.textContent = `${places > 0 ? "▲" : "▼"}${Math.abs(places)}`;
  const words = document.createElement("span");
  words.className = "unseen";
  words.textContent = `${places > 0 ? "up" : "down"} ${Math.abs(places)}`;
  mark.append(arrow, words);
  return mark;
}

function showMarks(board, now) {
  for (const [handle, { row, place }] of standings(board)) {
    const slot = row.querySelector("td.move");
    const mark = marks.get(`${board.id} ${handle}`);
    const places = mark && mark.until > now ? mark.from - place : 0;
    if (slot && (places || slot.firstChild)) slot.replaceChildren(...(places ? [shift(places)] : []));
  }
}

function compare(board) {
  const now = performance.now();
  const before = seen.get(board.id) ?? new Map();
  const after = standings(board);
  let changed = before.size !== after.size;
  for (const [handle, { row, place, points }] of after) {
    const was = before.get(handle);
    if (!was) {
      changed = true;
      continue;
    }
    if (was.place !== place) {
      // Two moves within five seconds show as one, from where the first began.
      const key = `${board.id} ${handle}`;
      const running = marks.get(key);
      const from = running && running.until > now ? running.from : was.place;
      marks.set(key, { from, until: now + SHOWN });
      changed = true;
    }
    if (was.points !== points) {
      row.querySelector(".points")?.classList.add("ticked");
      changed = true;
    }
  }
  seen.set(board.id, after);
  showMarks(board, now);
  if (!changed) return;
  setTimeout(() => {
    for (const [key, mark] of marks) if (mark.until <= performance.now()) marks.delete(key);
    const current = document.getElementById(board.id);
    if (current) showMarks(current, performance.now());
  }, SHOWN + 50);
  refreshSoon();
}

let refreshed = performance.now(); // the page came with its own place
let waiting = null;

function refreshNow() {
  clearTimeout(waiting);
  waiting = null;
  refreshed = performance.now();
  const place = document.getElementById("own-place");
  if (place) window.htmx?.trigger(place, "refresh");
}

function refreshSoon() {
  if (waiting !== null || !document.getElementById("own-place")) return;
  const left = Math.max(0, refreshed + OWN_PLACE_EVERY - performance.now());
  waiting = setTimeout(refreshNow, left + Math.random() * SPREAD);
}

for (const board of document.querySelectorAll(".board[id]")) seen.set(board.id, standings(board));

document.addEventListener("htmx:before:settle", ({ target }) => {
  if (!(target instanceof Element)) return;
  const boards = new Set(target.querySelectorAll(".board[id]"));
  const around = target.closest(".board[id]");
  if (around) boards.add(around);
  for (const board of boards) compare(board);
});

// The reader's own answer was marked (box.js says so): that place is not kept waiting.
document.addEventListener("mathsoc:marked", refreshNow);
