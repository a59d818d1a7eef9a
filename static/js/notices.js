// A request that got no reply, or a gateway's page instead of ours, has no fragment to show: the page's own
// <template id="no-reply"> says so in #notices. Notices go away at their button, or when the next thing that
// the reader sends succeeds.

const place = document.getElementById("notices");

// The stream has its own word for its troubles; a reading that failed leaves the old one dimmed.
const speaksForItself = (element) => element?.matches?.("[hx-sse\\:connect], input");

function noReply() {
  const template = document.getElementById("no-reply");
  if (place && template) place.replaceChildren(template.content.cloneNode(true));
}

document.addEventListener("htmx:error", ({ target, detail }) => {
  if (detail.ctx && !speaksForItself(target)) noReply();
});

document.addEventListener("htmx:finally:request", ({ target, detail }) => {
  const status = detail.ctx.response?.status;
  if (status >= 500 && !place?.firstElementChild && !speaksForItself(target)) noReply();
});

document.addEventListener("htmx:after:request", ({ target, detail }) => {
  const { request, response } = detail.ctx;
  if (request.method !== "GET" && response.status < 400 && !speaksForItself(target)) place?.replaceChildren();
});

document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-dismiss]")) target.closest("#notices")?.replaceChildren();
});

// What can be undone is offered for so many seconds (data-gone-after), and then stands in the bin only. Who
// points at the notice or has the focus in it is not hurried: the time begins anew when they leave it.
for (const notice of document.querySelectorAll("[data-gone-after]")) {
  const wait = Number(notice.dataset.goneAfter) * 1_000;
  let timer;
  const stay = () => clearTimeout(timer);
  const start = () => {
    stay();
    timer = setTimeout(() => (notice.matches(":hover, :focus-within") ? start() : notice.remove()), wait);
  };
  for (const name of ["pointerenter", "focusin"]) notice.addEventListener(name, stay);
  for (const name of ["pointerleave", "focusout"]) notice.addEventListener(name, start);
  start();
}
