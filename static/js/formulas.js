// A formula too wide for its strip scrolls; only then may the Tab key stop at it, for readers without a mouse.

const strips = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

function watch() {
  for (const strip of document.querySelectorAll(".formula")) strips.observe(strip);
}

watch();
document.addEventListener("htmx:after:settle", watch);
// The maths font changes widths when it arrives, without a change of the strip itself.
document.fonts.ready.then(() => {
  strips.disconnect();
  watch();
});
