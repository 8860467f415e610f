// Checks a receipt of the log against a policy, here and with nothing but this file: it sends nothing anywhere.
"use strict";
(() => {
  const HASH = 32, ED25519 = 1, COSIGNATURE = 4, PLACES_MAX = 256;
  const utf8 = new TextEncoder();
  class Broken extends Error {}
  const demand = (holds, step) => { if (!holds) throw new Broken(step); };

  function bytes(text) {
    let raw;
    try { raw = atob(text); } catch { throw new Broken("base64"); }
    demand(btoa(raw) === text, "base64"); // atob takes other forms of the same bytes
    return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
  }
  const base64 = (raw) => btoa(String.fromCharCode(...raw));
  const hex = (raw) => [...raw].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const same = (one, other) => hex(one) === hex(other);
  function joined(...parts) {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { whole.set(part, at); at += part.length; }
    return whole;
  }
  const sha256 = async (raw) => new Uint8Array(await crypto.subtle.digest("SHA-256", raw));
  const leafHash = (raw) => sha256(joined(Uint8Array.of(0), raw));
  const nodeHash = (left, right) => sha256(joined(Uint8Array.of(1), left, right));
  const digest = (text) => { const raw = bytes(text); demand(raw.length === HASH, "hash"); return raw; };
  const size = (text) => {
    demand(/^(0|[1-9][0-9]{0,15})$/.test(text) && Number.isSafeInteger(Number(text)), "number");
    return Number(text);
  };

  // The one form of a value: keys in the order of their letters, no spaces (RFC 8785).
  function canonical(value) {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (value === null || typeof value !== "object") {
      demand(typeof value !== "number" || Number.isSafeInteger(value), "line");
      return JSON.stringify(value);
    }
    return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  }

  async function rootOf(hashes) {
    let level = hashes;
    while (level.length > 1) {
      const next = [];
      for (let at = 0; at + 1 < level.length; at += 2) next.push(await nodeHash(level[at], level[at + 1]));
      if (level.length % 2) next.push(level[level.length - 1]);
      level = next;
    }
    return level[0];
  }

  async function openLine(raw) {
    let text, line;
    try {
      text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
      line = JSON.parse(text);
    } catch { throw new Broken("line"); }
    demand(line !== null && typeof line === "object" && canonical(line) === text, "line");
    demand(Object.keys(line).join() === "items,seq" && Array.isArray(line.items) && Number.isSafeInteger(line.seq), "line");
    const hashes = [], open = [], names = new Set();
    for (const place of line.items) {
      if (typeof place === "string") { hashes.push(digest(place)); continue; }
      demand(Array.isArray(place) && place.length === 4 && place.slice(0, 3).every((part) => typeof part === "string"), "item");
      const [salt, name, label, value] = place;
      demand(bytes(salt).length === 16, "item");
      demand(name ? /^[a-z][a-z0-9_.]{0,63}$/.test(name) && label : !label && value === null, "item");
      const key = label.includes("@") ? `${name} ${label}` : name;
      demand(!name || !names.has(key), "item");
      names.add(key);
      hashes.push(await leafHash(utf8.encode(canonical(place))));
      open.push({ name, label, value });
    }
    const count = hashes.length;
    demand(count >= 8 && count <= PLACES_MAX && (count & (count - 1)) === 0 && open.length > 0, "line");
    for (let at = 1; at < count; at += 1) demand(hex(hashes[at - 1]) < hex(hashes[at]), "line");
    return { seq: line.seq, root: await rootOf(hashes), open: open.filter((item) => item.name), closed: count - open.length };
  }

  // The largest power of two below a size; divided and not shifted, because shifts have 32 bits here.
  const split = (count) => { let half = 1; while (half * 2 < count) half *= 2; return half; };
  async function climb(index, count, leaf, proof) {
    demand(index < count, "proof");
    const sides = [];
    for (let low = 0, high = count; high - low > 1;) {
      const middle = low + split(high - low);
      if (index < middle) { sides.push("right"); high = middle; } else { sides.push("left"); low = middle; }
    }
    demand(sides.length === proof.length, "proof");
    let found = leaf;
    for (const [at, side] of sides.reverse().entries()) {
      found = side === "left" ? await nodeHash(proof[at], found) : await nodeHash(found, proof[at]);
    }
    return found;
  }

  function parseReceipt(text) {
    const [head, ...rest] = text.split("\n\n");
    demand(rest.length === 2 && !/[\x00-\x09\x0b-\x1f\x7f]/.test(text), "receipt");
    const rows = head.split("\n");
    demand(rows.shift() === "c2sp.org/tlog-proof@v1", "receipt");
    const extra = rows[0] && rows[0].startsWith("extra ") ? bytes(rows.shift().slice(6)) : null;
    demand(rows.length && rows[0].startsWith("index "), "receipt");
    const index = size(rows.shift().slice(6));
    const body = `${rest[0]}\n`;
    demand(rest[1].endsWith("\n"), "note");
    const lines = rest[1].slice(0, -1).split("\n").map((row) => {
      const found = /^\u2014 ([^\s+]{1,200}) (\S+)$/.exec(row);
      demand(found, "note");
      const raw = bytes(found[2]);
      demand(raw.length > 4, "note");
      return { name: found[1], id: hex(raw.slice(0, 4)), signature: raw.slice(4) };
    });
    const parts = body.split("\n");
    demand(parts.length === 4 && parts[0], "note");
    return { extra, index, proof: rows.map(digest), body, lines, origin: parts[0], size: size(parts[1]), root: digest(parts[2]) };
  }

  async function parseKey(text) {
    const found = /^([^\s+]{1,200})\+([0-9a-f]{8})\+(\S+)$/.exec(text);
    demand(found, "policy");
    const raw = bytes(found[3]);
    demand(raw.length === 33, "policy");
    const id = (await sha256(joined(utf8.encode(`${found[1]}\n`), raw))).slice(0, 4);
    demand(hex(id) === found[2], "policy");
    return { name: found[1], id: found[2], kind: raw[0], public: raw.slice(1) };
  }

  async function parsePolicy(text) {
    const policy = { logs: [], witnesses: new Map(), groups: new Map(), quorum: null, until: new Map() };
    for (const line of text.split(/\r?\n/)) {
      const words = line.trim().split(/\s+/);
      const known = (name) => policy.witnesses.has(name) || policy.groups.has(name);
      if (line.startsWith("# tranche-until ")) policy.until.set(words[2], size(words[3] || ""));
      else if (!words[0] || words[0].startsWith("#")) continue;
      else if (words[0] === "log" && words[1]) {
        const key = await parseKey(words[1]);
        demand(key.kind === ED25519, "policy");
        policy.logs.push(key);
      } else if (words[0] === "witness" && words[2]) {
        const key = await parseKey(words[2]);
        demand(key.kind === COSIGNATURE && !known(words[1]), "policy");
        policy.witnesses.set(words[1], key);
      } else if (words[0] === "group" && words.length > 3) {
        const members = words.slice(3);
        const wanted = words[2] === "any" ? 1 : words[2] === "all" ? members.length : size(words[2]);
        demand(members.every(known) && new Set(members).size === members.length && !known(words[1]), "policy");
        demand(wanted >= 1 && wanted <= members.length, "policy");
        policy.groups.set(words[1], { wanted, members });
      } else if (words[0] === "quorum" && words.length === 2) {
        demand(words[1] === "none" || known(words[1]), "policy");
        policy.quorum = words[1];
      } else throw new Broken("policy");
    }
    demand(policy.logs.length && policy.quorum !== null, "policy");
    return policy;
  }

  async function isSigned(key, message, signature) {
    const imported = await crypto.subtle.importKey("raw", key.public, "Ed25519", false, ["verify"]);
    return signature.length === 64 && crypto.subtle.verify("Ed25519", imported, signature, message);
  }

  async function signers(receipt, policy) {
    const found = { log: null, witnesses: new Map() };
    for (const line of receipt.lines) {
      const fits = (key) => key.name === line.name && key.id === line.id;
      const log = policy.logs.find(fits);
      const witness = [...policy.witnesses].find(([, key]) => fits(key));
      if (log) {
        demand(await isSigned(log, utf8.encode(receipt.body), line.signature), "signature");
        const until = policy.until.get(log.id);
        if (log.name === receipt.origin && (until === undefined || receipt.size <= until)) found.log = log;
      } else if (witness) {
        const time = new DataView(line.signature.buffer, line.signature.byteOffset).getBigUint64(0);
        demand(time < 2n ** 63n, "signature");
        const said = utf8.encode(`cosignature/v1\ntime ${time}\n${receipt.body}`);
        demand(await isSigned(witness[1], said, line.signature.slice(8)), "signature");
        found.witnesses.set(witness[0], { name: witness[1].name, time });
      }
    }
    demand(found.log, "signature");
    return found;
  }

  function holds(policy, name, signed) {
    if (name === "none") return true;
    const group = policy.groups.get(name);
    return group ? group.members.filter((one) => holds(policy, one, signed)).length >= group.wanted : signed.has(name);
  }

  async function verify(receiptText, policyText) {
    const policy = await parsePolicy(policyText);
    const receipt = parseReceipt(receiptText);
    const { witnesses } = await signers(receipt, policy);
    demand(receipt.extra, "closed");
    const line = await openLine(receipt.extra);
    demand(line.seq === receipt.index, "line");
    const leaf = await leafHash(utf8.encode(`tranche-entry/v1\n${base64(line.root)}\n`));
    demand(same(await climb(receipt.index, receipt.size, leaf, receipt.proof), receipt.root), "proof");
    return { receipt, line, witnesses, enough: holds(policy, policy.quorum, witnesses) };
  }
  window.tranche = { verify };
})();
