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

// One press, one sending: the server refuses a second one too, this only spares the wait.
for (const form of document.querySelectorAll("form[method=post]:not([data-again])")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 8000);
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
