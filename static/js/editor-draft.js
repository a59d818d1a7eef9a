// While somebody types: the draft is kept every five seconds and when they go elsewhere, others are told that
// they are here, and nobody loses words by leaving.

import { offer } from "./editor-another.js";

const EVERY = 5_000;
const AGAIN = [3_000, 6_000, 12_000, 30_000]; // after a draft that could not be kept
const PRESENT = 20_000;
const SMALL = 60_000; // what a browser still sends for a page that is closing

const clock = () => new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

function post(address, body, more = {}) {
  return fetch(address, { method: "POST", body, headers: { "HX-Request": "true" }, ...more });
}

const parsed = (html) => new DOMParser().parseFromString(html, "text/html").body;

/**
 * `follow` brings the textarea up to date, and is called before each sending; `replace(source)` puts another
 * text into the editor, as one step to be undone; `focus` goes back to the text.
 */
export class Keeping {
  constructor(form, { follow, replace, focus }) {
    Object.assign(this, { form, follow, replace, focus });
    this.unanswered = []; // texts that were sent, and of which nobody knows whether they have arrived
    this.another = false; // whether another window has another draft, and none is chosen yet
    const region = form.closest(".region") ?? form;
    this.status = region.querySelector(".draft-state") ?? document.getElementById("said");
    this.changedAt = 0; // counts changes; keptAt is the count that the server has
    this.keptAt = 0;
    this.failures = 0;
    this.ended = false;
    this.running = null;
    this.presence = form.dataset.presence ? setInterval(() => this.here(), PRESENT) : null;
    this.online = () => this.unsaved && this.keep();
    window.addEventListener("online", this.online);
    if (form.dataset.presence) this.here();
  }

  get unsaved() {
    return this.changedAt !== this.keptAt;
  }

  say(words, wrong = false) {
    if (!this.status) return;
    this.status.textContent = words;
    this.status.classList.toggle("wrong", wrong);
  }

  changed() {
    this.changedAt += 1;
    if (this.form.dataset.draft && !this.timer) this.plan(EVERY);
  }

  plan(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), wait);
  }

  fields() {
    this.follow();
    const given = new FormData(this.form);
    const sent = new URLSearchParams();
    for (const name of ["field", "base", "draft", "text"]) sent.set(name, given.get(name) ?? "");
    return sent;
  }

  /** Keeps the draft; true where the server has every word by then. One at a time. */
  async keep() {
    clearTimeout(this.timer);
    this.timer = null;
    if (!this.form.dataset.draft) return !this.unsaved;
    if (this.another) return false;
    if (this.running) {
      await this.running;
      return this.unsaved && !this.failures && !this.ended ? this.keep() : !this.unsaved;
    }
    if (!this.unsaved || this.ended) return true;
    this.running = this.send();
    await this.running;
    this.running = null;
    if (this.unsaved && !this.ended && !this.another && !this.timer) this.plan(AGAIN[Math.min(this.failures, AGAIN.length) - 1] ?? EVERY);
    return !this.unsaved;
  }

  async send() {
    const at = this.changedAt;
    let reply = null;
    let html = "";
    try {
      const answered = await post(this.form.dataset.draft, this.sending());
      html = await answered.text();
      reply = answered;
    } catch {
      // No line: said below.
    }
    if (this.ended) return;
    if (reply?.ok && !reply.redirected) {
      this.keptAt = at;
      this.failures = 0;
      this.unanswered = [];
      this.know(parsed(html).querySelector("input[name=draft]")?.value ?? "");
      this.say(`Draft saved ${clock()}`);
      return;
    }
    const another = reply?.status === 409 && parsed(html).querySelector("[data-known]");
    if (another) return this.meet(another);
    this.failures += 1;
    const signedOut = reply?.status === 401 || reply?.status === 403 || reply?.redirected;
    if (!reply) this.say("Draft not saved: no connection. It is tried again.", true);
    else if (signedOut) this.say("Draft not saved: sign in again in another window. It is tried again.", true);
    else this.say(`Draft not saved (the server says ${reply.status}). It is tried again.`, true);
  }

  sending() {
    const sent = this.fields();
    this.unanswered = [...this.unanswered.slice(-9), sent.get("text")];
    return sent;
  }

  /** Everything in the region that is sent from now on is sent by somebody who has seen this version. */
  know(version) {
    const region = this.form.closest(".region") ?? this.form;
    for (const input of region.querySelectorAll("input[name=draft]")) input.value = version;
  }

  /** Another window has kept another draft: both are shown, and nothing is kept until one is chosen. */
  async meet(source) {
    const { known } = source.dataset;
    if (this.unanswered.includes(source.value)) {
      // It is from here: its reply was lost.
      this.know(known);
      this.unanswered = [];
      return this.send();
    }
    this.another = true;
    this.say("Draft not saved: see above.", true);
    offer(source.parentElement, {
      keep: () => {
        this.know(known);
        this.another = false;
        this.changedAt += 1;
        this.keep();
        this.focus();
      },
      take: () => {
        this.know(known);
        this.another = false;
        this.replace(source.value);
        this.keptAt = this.changedAt;
        this.say("");
      },
    });
  }

  /** Says that this editor is open, and shows who else has one. */
  async here() {
    if (this.ended) return;
    const sent = this.fields();
    sent.delete("text");
    const reply = await post(this.form.dataset.presence, sent).catch(() => null);
    if (!reply?.ok || this.ended) return;
    const news = parsed(await reply.text()).firstElementChild;
    const place = news?.id && document.getElementById(news.id);
    if (!place) return;
    // That a minute has gone by is shown, and not said aloud.
    const bare = (element) => element.textContent.replace(/\d+ min/g, "").trim();
    if (bare(place) === bare(news)) place.setAttribute("aria-live", "off");
    else place.removeAttribute("aria-live");
    if (place.innerHTML !== news.innerHTML) place.replaceChildren(...news.childNodes);
  }

  /** The page goes: what can still be sent is sent. */
  leaving() {
    if (this.ended || !this.form.isConnected) return;
    if (this.unsaved && this.form.dataset.draft && !this.another) {
      const sent = this.sending();
      if (String(sent).length < SMALL) post(this.form.dataset.draft, sent, { keepalive: true }).catch(() => null);
    }
    this.left();
  }

  left() {
    if (!this.form.dataset.presence) return;
    const sent = this.fields();
    sent.delete("text");
    sent.set("left", "1");
    post(this.form.dataset.presence, sent, { keepalive: true }).catch(() => null);
  }

  end() {
    this.ended = true;
    clearTimeout(this.timer);
    clearInterval(this.presence);
    window.removeEventListener("online", this.online);
  }
}
