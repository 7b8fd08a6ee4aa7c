// Progressive enhancement only: every page works without this file.

/**
 * Quick exit: end the session on the way out and leave no entry to come back to.
 * The link itself works without script and without the server.
 */
function leave(event) {
  const link = event.currentTarget;
  const url = link.dataset.leave;
  if (url) {
    const body = new FormData();
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (token) body.append("csrfmiddlewaretoken", token.value);
    navigator.sendBeacon(url, body);
  }
  event.preventDefault();
  document.documentElement.hidden = true;
  location.replace(link.href);
}

for (const link of document.querySelectorAll("a[data-exit]")) link.addEventListener("click", leave);

// A page restored from memory after leaving would show the case again.
addEventListener("pageshow", (event) => {
  if (event.persisted && document.documentElement.hidden) location.reload();
});

// Errors are announced by role=alert; moving the focus there also serves who navigates by keyboard.
document.querySelector("[data-errors]")?.focus();

const unsent = document.getElementById("unsent");
const SILENCE = 8000;

/** Whether the server answers, asked before a form leaves the page: what was typed would be lost with it. */
async function reached() {
  if (!navigator.onLine) return false;
  const patience = new AbortController();
  const end = setTimeout(() => patience.abort(), SILENCE);
  const asked = { method: "HEAD", cache: "no-store", credentials: "omit", signal: patience.signal };
  try {
    return (await fetch(unsent.dataset.ask, asked)).status < 500;
  } catch {
    return false;
  } finally {
    clearTimeout(end);
  }
}

/** Say below the form that nothing was sent, and offer to send the same again. */
function say(form, button) {
  const said = unsent.content.firstElementChild.cloneNode(true);
  const again = said.querySelector("button");
  again.addEventListener("click", () => form.requestSubmit(button));
  (form.closest("main") ? form : document.querySelector("main")).append(said);
  again.focus();
}

// One press, one sending: the server refuses a second one too, this only spares the wait.
const asking = new WeakSet();
const going = new WeakSet();

async function send(event) {
  const form = event.currentTarget;
  if (going.delete(form)) return;
  event.preventDefault();
  if (asking.has(form)) return;
  asking.add(form);
  form.setAttribute("aria-busy", "true");
  for (const said of document.querySelectorAll("[data-unsent]")) said.remove();
  const there = await reached();
  if (there) {
    going.add(form);
    form.requestSubmit(event.submitter);
    // What is answered by a file leaves this page open.
    await new Promise((done) => setTimeout(done, SILENCE));
  } else say(form, event.submitter);
  form.removeAttribute("aria-busy");
  asking.delete(form);
}

if (unsent && HTMLFormElement.prototype.requestSubmit) {
  for (const form of document.querySelectorAll("form[method=post]:not([data-passkey])")) form.addEventListener("submit", send);
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
