// The form of the page that checks a receipt: two files in, one answer out, all of it on this computer.
"use strict";
(() => {
  const form = document.querySelector("form");
  const answer = document.querySelector("output");
  const words = (name) => document.querySelector(`[data-words="${name}"]`).textContent;

  function show(tone, ...lines) {
    answer.className = `note-box ${tone}`;
    answer.replaceChildren(...lines.map((line) => {
      const row = document.createElement("p");
      row.textContent = line;
      return row;
    }));
  }

  function found({ receipt, line, witnesses, enough }) {
    const seen = [...witnesses.values()].map(({ name, time }) => `${name}, ${new Date(Number(time) * 1000).toISOString()}`);
    const items = line.open.map(({ name, value }) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
    show(
      enough && seen.length ? "ok" : "warn",
      enough ? words("valid") : words("few"),
      `${receipt.origin}: ${receipt.index} / ${receipt.size}`,
      seen.length ? `${words("witnesses")} ${seen.join("; ")}` : words("nobody"),
      words("limits"),
      ...items,
    );
  }

  async function check(event) {
    event.preventDefault();
    const [receipt, policy] = [form.receipt.files[0], form.policy.files[0]];
    if (!receipt || !policy) { show("bad", words("files")); return; }
    try {
      found(await window.tranche.verify(await receipt.text(), await policy.text()));
    } catch (error) {
      const step = document.querySelector(`[data-words="step-${error.message}"]`);
      show("bad", words("invalid"), step ? step.textContent : words("unable"));
    }
  }

  if (!window.isSecureContext || !window.crypto || !crypto.subtle) { show("bad", words("unable")); return; }
  form.hidden = false;
  form.addEventListener("submit", check);
})();
