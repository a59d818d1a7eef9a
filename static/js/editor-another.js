// Another window of the same writer has kept another draft: it is shown above the editor, and they choose.

/** Shows the section; `keep` hears that the text in the editor is the one, `take` that the other is. */
export function offer(section, { keep, take }) {
  const place = document.getElementById(section.id);
  place.replaceWith(section);
  const chosen = (act) => (event) => {
    event.preventDefault();
    event.stopPropagation();
    const gone = document.createElement("div");
    gone.id = section.id;
    gone.hidden = true;
    section.replaceWith(gone);
    act();
  };
  section.querySelector("[data-keep]").addEventListener("click", chosen(keep));
  section.querySelector("[data-take]").addEventListener("click", chosen(take));
}
