// Passkeys (WebAuthn). Forms marked data-passkey stay hidden where the browser has none; a password and a code always work.

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const bytes = (coded) =>
  Uint8Array.from(atob(coded.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
const withBytes = (list) => (list || []).map((item) => ({ ...item, id: bytes(item.id) }));

/** What the server asks for, with bytes where the browser wants bytes. */
async function options(form) {
  if (!form.dataset.ask) return JSON.parse(document.getElementById("passkey-options").textContent);
  const answer = await fetch(form.dataset.ask, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function get(form) {
  const { publicKey } = (await options(form)).request_options;
  const key = await navigator.credentials.get({
    publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: withBytes(publicKey.allowCredentials) },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = key.response;
  return packed(key, {
    clientDataJSON: text(clientDataJSON),
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
  });
}

async function create(form) {
  const { publicKey } = (await options(form)).creation_options;
  const key = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: withBytes(publicKey.excludeCredentials),
      // A passkey finds its owner by itself and checks who holds it.
      authenticatorSelection: {
        ...publicKey.authenticatorSelection,
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      },
    },
  });
  return packed(key, {
    clientDataJSON: text(key.response.clientDataJSON),
    attestationObject: text(key.response.attestationObject),
    transports: key.response.getTransports ? key.response.getTransports() : [],
  });
}

function packed(key, response) {
  return {
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    response,
    clientExtensionResults: key.getClientExtensionResults(),
  };
}

async function use(event) {
  event.preventDefault();
  const form = event.currentTarget;
  // The server says what is missing in the reader's language; a passkey made before would lie about unused.
  if (!form.checkValidity()) return form.submit();
  const failed = form.querySelector(".err[hidden], [data-failed]");
  if (failed) failed.hidden = true;
  try {
    const credential = await (form.dataset.passkey === "create" ? create : get)(form);
    form.querySelector("[name=credential]").value = JSON.stringify(credential);
    form.submit();
  } catch {
    if (failed) {
      failed.dataset.failed = "";
      failed.hidden = false;
    }
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", use);
  }
  for (const part of document.querySelectorAll("[data-with-passkey]")) part.hidden = false;
  for (const part of document.querySelectorAll("[data-without-passkey]")) part.hidden = true;
}
