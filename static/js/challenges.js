// The list of challenges is pushed the same to everybody. What the full page says to its reader alone
// (complete, for another stage only) is kept from there and put back after each swap.

const mine = new Map();

for (const row of document.querySelectorAll("[data-challenge][data-mine]")) {
  mine.set(row.dataset.challenge, row.querySelector(".about").cloneNode(true));
}

function mark() {
  for (const row of document.querySelectorAll("[data-challenge]")) {
    const words = mine.get(row.dataset.challenge);
    const shown = row.querySelector(".about");
    if (words && shown && !shown.isEqualNode(words)) shown.replaceWith(words.cloneNode(true));
  }
}

if (mine.size) {
  document.addEventListener("htmx:before:settle", mark);
  document.addEventListener("htmx:after:settle", mark);
}
