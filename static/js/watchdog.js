// Opens the page's one event stream and sees to it that it stays open. hx-sse reconnects a stream that
// once was open; it does not retry a first connection that failed, it opens one in a tab that nobody looks
// at, and it cannot tell a frozen line from a quiet one. Those three are done here.
//
//   <div hx-sse:connect="/live?topics=…" hx-trigger="mathsoc:connect" hx-sync="this:drop" …>
//
// The server sends `event: beat` every 15 s: unlike a comment, it can be seen here.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 5_000;
const SILENCE = 31_000; // two beats missed
const GONE = new Set([401, 403, 404, 410]); // asking again will not help

const stream = document.querySelector("[hx-sse\\:connect]");

if (stream) {
  let open = null; // the connection, as hx-sse describes it
  let asking = false;
  let gone = false;
  let failures = 0;
  let waiting = null;
  let heard = 0;
  let beats = false;

  function connect() {
    clearTimeout(waiting);
    waiting = null;
    if (open || asking || gone || document.hidden) return;
    if (!window.htmx) return later();
    window.htmx.trigger(stream, "mathsoc:connect", {}, false);
    // Answered at once by htmx:before:request, unless htmx has not processed the page yet.
    if (!asking && !open) later();
  }

  function later() {
    if (waiting !== null) return;
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.max(0, failures - 1)) * (0.5 + Math.random());
    waiting = setTimeout(connect, wait);
  }

  const on = (name, act) =>
    stream.addEventListener(name, (event) => event.target === stream && act(event));

  on("htmx:before:request", () => { asking = true; });
  on("htmx:finally:request", () => {
    asking = false;
    if (open || gone) return;
    failures += 1;
    later();
  });
  on("htmx:response:error", ({ detail }) => { gone = GONE.has(detail.ctx.response.status); });

  on("htmx:sse:after:connection", ({ detail }) => {
    open = detail.connection;
    failures = 0;
    heard = performance.now();
  });
  on("htmx:sse:before:connection", (event) => { if (gone) event.preventDefault(); });
  on("htmx:sse:error", ({ detail }) => { gone = GONE.has(detail.status); });
  on("htmx:sse:close", ({ detail }) => {
    open = null;
    if (detail.reason !== "removed") later();
  });
  on("htmx:sse:before:message", ({ detail }) => {
    heard = performance.now();
    if (detail.message.event === "beat") beats = true;
  });

  setInterval(() => {
    if (!open?.reader || !beats || document.hidden || performance.now() - heard < SILENCE) return;
    heard = performance.now();
    stream.dispatchEvent(new CustomEvent("mathsoc:stalled"));
    open.reader.cancel(); // ends the read; hx-sse then opens the stream anew
  }, 1_000);

  document.addEventListener("visibilitychange", () => {
    heard = performance.now(); // a tab in the background hears nothing, and that is no silence
    failures = 0;
    connect();
  });
  window.addEventListener("online", connect);
  connect();
}
