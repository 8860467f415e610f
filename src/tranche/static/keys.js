// Security keys: ask the server what to sign, ask the key, put its answer into the form, send the form.
"use strict";
(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
  const encoded = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  const listed = (keys) => keys.map((key) => ({ ...key, id: bytes(key.id) }));

  async function asked(address, body) {
    const answer = await fetch(address, { method: "POST", body });
    const type = answer.headers.get("Content-Type") || "";
    const found = type.startsWith("application/json") ? await answer.json() : {};
    if (!answer.ok || !found.publicKey) throw new Problem(found.problem || "");
    return found;
  }

  class Problem extends Error {}

  async function created(options) {
    options.challenge = bytes(options.challenge);
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = listed(options.excludeCredentials);
    const { response } = await navigator.credentials.create({ publicKey: options });
    return { attestation: encoded(response.attestationObject), client_data: encoded(response.clientDataJSON) };
  }

  async function signed(options) {
    options.challenge = bytes(options.challenge);
    options.allowCredentials = listed(options.allowCredentials);
    const { rawId, response } = await navigator.credentials.get({ publicKey: options });
    return {
      handle: encoded(rawId),
      authenticator_data: encoded(response.authenticatorData),
      client_data: encoded(response.clientDataJSON),
      signature: encoded(response.signature),
    };
  }

  function fill(form, values) {
    for (const [name, value] of Object.entries(values)) {
      const field = form.querySelector(`input[type="hidden"][name="${name}"]`) || document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      form.append(field);
    }
  }

  async function act(event) {
    const button = event.currentTarget;
    const form = button.form;
    event.preventDefault();
    const status = form.querySelector("[data-key-status]");
    status.className = "dim";
    status.textContent = status.dataset.wait;
    const sent = new FormData(form, button); // a disabled button would be left out of it
    button.disabled = true;
    try {
      const { publicKey, ...more } = await asked(button.dataset.options, sent);
      const answer = button.dataset.key === "create" ? await created(publicKey) : await signed(publicKey);
      fill(form, { ...more, ...answer, ...(button.name ? { [button.name]: button.value } : {}) });
      form.submit();
    } catch (error) {
      button.disabled = false;
      status.className = "note-box bad";
      status.textContent = (error instanceof Problem && error.message) || status.dataset.failed;
    }
  }

  for (const button of document.querySelectorAll("button[data-key]")) {
    if (!window.PublicKeyCredential) break;
    button.hidden = false;
    button.addEventListener("click", act);
  }
})();
