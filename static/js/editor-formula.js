// Formulas in the editor: shown as readers will see them, typeset by the server and remembered here.

const ADDRESS = "/console/writing/formula";
const AT_ONCE = 3; // requests under way: a long article has a hundred formulas
const known = new Map(); // display + source → promise of the typeset nodes, or of null where nobody answered
const waiting = [];
let running = 0;

async function ask(latex, display, signal) {
  const body = new URLSearchParams({ latex, display: display ? "1" : "" });
  const reply = await fetch(ADDRESS, { method: "POST", body, headers: { "HX-Request": "true" }, signal });
  if (!reply.ok) return null;
  const shown = new DOMParser().parseFromString(await reply.text(), "text/html").body.firstElementChild;
  return shown && [...shown.childNodes].map((node) => document.importNode(node, true));
}

function next() {
  while (running < AT_ONCE && waiting.length) {
    running += 1;
    waiting.shift()().finally(() => {
      running -= 1;
      next();
    });
  }
}

/** The formula's nodes, new ones each time; null where the server does not answer. */
export async function typeset(latex, display, signal) {
  const key = `${display} ${latex}`;
  if (!known.has(key)) {
    const reply = new Promise((done) => {
      waiting.push(() => ask(latex, display, signal).catch(() => null).then(done));
    });
    known.set(key, reply);
    reply.then((nodes) => nodes || known.delete(key)); // to be asked again
    next();
  }
  return (await known.get(key))?.map((node) => node.cloneNode(true)) ?? null;
}

export const unreadable = (nodes) => nodes.some((node) => node.matches?.(".formula-error"));

/** Puts the formula into `place` where it still stands for it by then. */
async function show(place, latex, display) {
  place.dataset.shows = latex;
  if (!place.childNodes.length) place.textContent = latex;
  const nodes = await typeset(latex, display);
  if (place.dataset.shows !== latex) return;
  place.replaceChildren(...(nodes ?? [latex]));
  place.classList.toggle("unread", Boolean(nodes && unreadable(nodes)));
}

const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    target.dispatchEvent(new Event("mathsoc:seen"));
  }
}, { rootMargin: "400px" });

export function formulaView({ node }) {
  const display = node.type.name === "displayFormula";
  const dom = document.createElement(display ? "div" : "span");
  dom.className = display ? "writer-formula formula" : "writer-formula";
  dom.contentEditable = "false";
  let { latex } = node.attrs;
  const name = () => dom.setAttribute("title", `${latex} (press Enter to change it)`);
  dom.textContent = latex;
  name();
  dom.addEventListener("mathsoc:seen", () => show(dom, latex, display));
  seen.observe(dom);
  return {
    dom,
    update(changed) {
      if (changed.type !== node.type) return false;
      if (changed.attrs.latex !== latex) {
        latex = changed.attrs.latex;
        name();
        show(dom, latex, display);
      }
      return true;
    },
    ignoreMutation: () => true,
    destroy: () => seen.unobserve(dom),
  };
}
