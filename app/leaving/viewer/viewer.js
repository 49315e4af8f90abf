"use strict";
// Loads the small scripts the data lies in, and finds a dossier by its code or by a name.
const motcua = (() => {
  const got = new Map();
  let facts = {}, tops = {};

  // A page opened from a disk may not fetch, but it may add a script.
  function load(path) {
    if (!got.has(path)) {
      got.set(path, new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = path;
        script.onload = () => { script.remove(); done(); };
        script.onerror = () => { script.remove(); got.delete(path); failed(new Error(path)); };
        document.head.append(script);
      }));
    }
    return got.get(path);
  }

  const held = { d: new Map(), codes: new Map(), names: new Map() };
  const keep = (kind, number, rows) => {
    // A long session must not fill the machine.
    if (held[kind].size > 200) { held[kind].clear(); }
    held[kind].set(number, rows);
  };

  async function shard(kind, number) {
    if (!held[kind].has(number)) {
      const path = kind === "d" ? `data/d/${Math.floor(number / 256)}/${number}.js` : `data/${kind}/${number}.js`;
      got.delete(path);
      await load(path);
    }
    return held[kind].get(number);
  }

  async function dossier(number) {
    const rows = await shard("d", Math.floor(number / tops.per));
    return rows[number % tops.per];
  }

  // Letters without their marks, as the index holds them.
  function plain(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d")
      .toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
  }

  // The numbers of dossiers whose entry begins with `start`, at most `most` of them.
  async function beginning(kind, start, most) {
    const firsts = tops[kind];
    let at = 0, end = firsts.length;
    while (at < end) {
      const middle = (at + end) >> 1;
      if (firsts[middle] < start) { at = middle + 1; } else { end = middle; }
    }
    const found = new Set();
    for (let number = Math.max(0, at - 1); number < firsts.length && found.size < most; number++) {
      if (number >= at && !firsts[number].startsWith(start)) { break; }
      for (const [key, n] of await shard(kind, number)) {
        if (key.startsWith(start)) { found.add(n); }
        if (found.size >= most) { break; }
      }
    }
    return [...found];
  }

  async function search(text, most) {
    const code = text.trim().toLowerCase(), name = plain(text);
    const byCode = code ? await beginning("codes", code, most) : [];
    const byName = name ? await beginning("names", name, most) : [];
    return [...new Set([...byCode, ...byName])].slice(0, most);
  }

  return {
    facts(given) { if (given) { facts = given; } return facts; },
    tops(given) { if (given) { tops = given; } return tops; },
    dossiers(number, rows) { keep("d", number, rows); },
    index: (kind) => (number, rows) => keep(kind, number, rows),
    dossier, search, shard,
  };
})();
