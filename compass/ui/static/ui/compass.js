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

/**
 * Asked before a form leaves the page, since what was typed would be lost with it: "there", "away" when the server does
 * not answer, "ended" when nobody is signed in any more, or somebody else.
 */
async function found(form) {
  if (!navigator.onLine) return "away";
  const patience = new AbortController();
  const end = setTimeout(() => patience.abort(), SILENCE);
  try {
    const answer = await fetch(unsent.dataset.ask, { cache: "no-store", signal: patience.signal });
    if (answer.status >= 500) return "away";
    if (!unsent.dataset.who) return "there";
    if (answer.headers.get("COMPASS-Who") !== unsent.dataset.who) return "ended";
    const mark = form.elements.namedItem("csrfmiddlewaretoken");
    if (mark) mark.value = answer.headers.get("COMPASS-Mark");
    return "there";
  } catch {
    return "away";
  } finally {
    clearTimeout(end);
  }
}

/** Say below the form that nothing was sent and why, and offer to send the same again. */
function say(why, form, button) {
  const said = unsent.content.querySelector(`[data-unsent=${why}]`).cloneNode(true);
  const again = said.querySelector("button");
  again.addEventListener("click", () => form.requestSubmit(button));
  (form.closest("main") ? form : document.querySelector("main")).append(said);
  (said.querySelector("a") ?? again).focus({ preventScroll: true });
  said.scrollIntoView({ block: "center" });
}

/**
 * Whether answers are missing; says so at each, in the server's words, and goes to the first. The server asks for them too:
 * this spares a slow network the way there and back. What has no place to say it in is left to the server, and so is a
 * button of another kind (back, later, one more child): those have a name.
 */
function missing(form, button) {
  if (button?.name || button?.formNoValidate) return false;
  for (const said of form.querySelectorAll("[data-said]")) {
    said.closest(".field").classList.remove("wrong");
    said.remove();
  }
  const empty = [...form.elements].filter((one) => one.validity?.valueMissing);
  const places = new Map();
  for (const one of empty) {
    const place = one.closest(".field[data-missing]");
    if (!place) return false;
    if (!places.has(place)) places.set(place, one);
  }
  for (const [place, one] of places) {
    place.classList.add("wrong");
    place.closest("details")?.setAttribute("open", "");
    if (place.querySelector(".err")) continue;
    const said = document.createElement("div");
    said.className = "err";
    said.id = `${one.id}_missing`;
    said.dataset.said = "";
    said.append(Object.assign(document.createElement("p"), { textContent: place.dataset.missing }));
    one.setAttribute("aria-describedby", `${one.getAttribute("aria-describedby") ?? ""} ${said.id}`.trim());
    (one.closest(".choices, .row, .parts, label.choice") ?? one).before(said);
  }
  empty[0]?.focus();
  return empty.length > 0;
}

// One press, one sending: the server refuses a second one too, this only spares the wait.
const asking = new WeakSet();
const going = new WeakSet();

async function send(event) {
  const form = event.currentTarget;
  if (going.delete(form)) return;
  event.preventDefault();
  if (asking.has(form) || missing(form, event.submitter)) return;
  asking.add(form);
  form.setAttribute("aria-busy", "true");
  for (const said of document.querySelectorAll("[data-unsent]")) said.remove();
  const answer = await found(form);
  if (answer === "there") {
    going.add(form);
    form.requestSubmit(event.submitter);
    // What is answered by a file leaves this page open.
    await new Promise((done) => setTimeout(done, SILENCE));
  } else say(answer, form, event.submitter);
  form.removeAttribute("aria-busy");
  asking.delete(form);
}

if (unsent && HTMLFormElement.prototype.requestSubmit) {
  for (const form of document.querySelectorAll("form[method=post]:not([data-passkey])")) form.addEventListener("submit", send);
}

// What was typed does not survive another language: ask before it is lost.
let typed = document.querySelector("[data-errors]") !== null;
document.querySelector("main")?.addEventListener("input", (event) => {
  if (event.target.form?.method === "post") typed = true;
  // What was missing is there now: the sentence that asked for it goes.
  const said = event.target.closest(".field.wrong")?.querySelector("[data-said]");
  said?.closest(".field").classList.remove("wrong");
  said?.remove();
});
for (const button of document.querySelectorAll("[data-lost] button")) {
  button.addEventListener("click", (event) => {
    if (typed && !confirm(button.form.dataset.lost)) event.preventDefault();
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
