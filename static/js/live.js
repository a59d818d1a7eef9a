// Says how fresh the page is, and holds what arrives while the reader wants, or needs, the page to stand
// still: after "Pause updates", and while a row has the focus. Only the newest of each target is kept.
//
//   <div id="live" hx-sse:connect=… hidden>
//     <span class="live-state" data-live-state></span>  <button data-live-pause>Pause updates</button>

const stream = document.querySelector("[hx-sse\\:connect]");

if (stream) {
  const held = new Map(); // targets of a message → its markup
  let paused = false;
  let connection = "catching-up"; // or "live", "offline"
  let updated = new Date();
  let caughtUp;

  const clock = (time, seconds) =>
    time.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: seconds });

  function words() {
    if (connection === "offline") return ["offline", `Offline — last update ${clock(updated)}`];
    if (paused || rowInUse()) return ["paused", "Paused"];
    if (connection === "catching-up") return ["catching-up", "Catching up"];
    return ["live", `Live · ${clock(updated, "2-digit")}`];
  }

  function show() {
    const [state, text] = words();
    for (const place of document.querySelectorAll("[data-live-state]")) {
      place.dataset.state = state;
      if (place.textContent !== text) place.textContent = text;
    }
  }

  function become(state) {
    clearTimeout(caughtUp);
    connection = state;
    show();
  }

  function rowInUse() {
    return Boolean(document.activeElement?.closest("tr[data-handle]"));
  }

  function targetsOf(markup) {
    const targets = [...markup.matchAll(/<hx-partial\b[^>]*\bhx-target="([^"]*)"/gi)].map((found) => found[1]);
    return targets.join(" ");
  }

  function release() {
    if (paused || rowInUse()) return;
    const markups = [...held.values()];
    held.clear();
    for (const text of markups) {
      window.htmx.swap({ sourceElement: stream, target: stream, swap: "none", text });
    }
    if (markups.length) updated = new Date();
    show();
  }

  stream.addEventListener("htmx:sse:before:message", (event) => {
    const { message } = event.detail;
    if (connection !== "live") become("live");
    if (message.event) return; // a heartbeat, or a word for another script
    if (paused || rowInUse()) {
      event.preventDefault();
      held.set(targetsOf(message.data), message.data);
    } else {
      updated = new Date();
    }
    show();
  });

  stream.addEventListener("htmx:sse:after:connection", () => {
    become("catching-up");
    // Whoever connects is sent what is new. If nothing comes, nothing was missed.
    caughtUp = setTimeout(become, 1_000, "live");
  });
  stream.addEventListener("htmx:sse:before:connection", ({ detail }) => {
    if (detail.connection.attempt === 1) become("catching-up");
  });
  for (const trouble of ["htmx:sse:error", "htmx:sse:close", "htmx:error", "htmx:response:error"]) {
    stream.addEventListener(trouble, ({ target }) => target === stream && become("offline"));
  }
  window.addEventListener("offline", () => become("offline"));
  // watchdog.js has heard nothing for too long.
  stream.addEventListener("mathsoc:stalled", () => become("offline"));

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-live-pause]");
    if (!button) return;
    paused = !paused;
    button.textContent = paused ? "Resume updates" : "Pause updates";
    release();
    show();
  });

  document.addEventListener("focusin", show);
  // The focus has no place at all for a moment when it goes from one element to the next.
  document.addEventListener("focusout", () => setTimeout(release));

  stream.hidden = false;
  show();
}
