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
