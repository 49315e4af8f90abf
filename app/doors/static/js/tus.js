// One file on its way to the server by the tus protocol 1.0.0. A cut line loses nothing: the
// server says how much it has (HEAD), the rest follows (PATCH), with growing pauses in between.

const CHUNK = 2 * 1024 * 1024;
const PAUSES = [1, 2, 4, 8, 15, 30, 30, 30, 30, 30]; // seconds
const WORTH_ANOTHER_TRY = new Set([0, 409, 423, 429, 500, 502, 503, 504]);

class Refused extends Error {}
class Cancelled extends Error {}

class Upload {
  // `about`: what the server must know of the file; `onProgress(sent, total)`, `onPause(seconds)`.
  constructor(endpoint, file, about, { onProgress, onPause }) {
    Object.assign(this, { endpoint, file, about, onProgress, onPause });
    this.key = `tus ${endpoint} ${Object.values(about)} ${file.size} ${file.lastModified}`;
    this.url = recall(this.key);
    this.cancelled = false;
  }

  async send() {
    for (let failures = 0; ; ) {
      let start = -1;
      try {
        start = await this.offset();
        for (let at = start; at < this.file.size; start = at) at = await this.patch(at);
        recall(this.key, null);
        return this.url;
      } catch (error) {
        if (this.cancelled) throw new Cancelled();
        if (!WORTH_ANOTHER_TRY.has(error.status) || failures >= PAUSES.length) throw error;
        if (this.moved) failures = 0;
        this.moved = false;
        await this.pause(PAUSES[failures++]);
      }
    }
  }

  // Where to go on: 0 for a new upload, else what the server already has.
  async offset() {
    if (this.url) {
      const answer = await this.ask("HEAD", this.url).catch((error) => {
        if (WORTH_ANOTHER_TRY.has(error.status)) throw error;
      });
      if (answer) return Number(answer.getResponseHeader("Upload-Offset"));
    }
    const answer = await this.ask("POST", this.endpoint, {
      "Upload-Length": this.file.size,
      "Upload-Metadata": metadata(this.about),
    });
    this.url = new URL(answer.getResponseHeader("Location"), location.href).href;
    recall(this.key, this.url);
    return 0;
  }

  async patch(at) {
    const part = this.file.slice(at, at + CHUNK);
    const headers = {
      "Upload-Offset": at,
      "Content-Type": "application/offset+octet-stream",
    };
    const answer = await this.ask("PATCH", this.url, headers, part, (sent) => {
      this.onProgress(at + sent, this.file.size);
    });
    this.moved = true;
    return Number(answer.getResponseHeader("Upload-Offset"));
  }

  // XMLHttpRequest and not fetch: only it tells how much of a body has left.
  ask(method, url, headers = {}, body = null, onSent = null) {
    return new Promise((resolve, reject) => {
      const request = (this.request = new XMLHttpRequest());
      request.open(method, url);
      request.setRequestHeader("Tus-Resumable", "1.0.0");
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      if (onSent) request.upload.onprogress = (event) => onSent(event.loaded);
      request.onloadend = () => {
        if (request.status >= 200 && request.status < 300) return resolve(request);
        reject(Object.assign(new Refused(sentence(request)), { status: request.status }));
      };
      request.send(body);
    });
  }

  // Waits, but not longer than until the line is back.
  pause(seconds) {
    this.onPause(seconds);
    return new Promise((resolve) => {
      const timer = setTimeout(done, seconds * 1000);
      function done() {
        clearTimeout(timer);
        removeEventListener("online", done);
        resolve();
      }
      addEventListener("online", done);
      this.wake = done;
    });
  }

  cancel() {
    this.cancelled = true;
    this.request?.abort();
    this.wake?.();
    recall(this.key, null);
    if (this.url) fetch(this.url, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } });
  }
}

function metadata(about) {
  const coded = (text) => {
    const bytes = new TextEncoder().encode(String(text));
    return btoa(String.fromCharCode(...bytes));
  };
  return Object.entries(about).map(([name, text]) => `${name} ${coded(text)}`).join(",");
}

// The server's own Vietnamese sentence, where it gave one.
function sentence(request) {
  const kind = request.getResponseHeader("Content-Type") || "";
  try {
    if (kind.includes("json")) {
      const told = JSON.parse(request.responseText);
      return told.message || told.detail || "";
    }
  } catch {
    return "";
  }
  return kind.startsWith("text/plain") ? request.responseText.slice(0, 300) : "";
}

// Remembered for this tab only: a shared computer must not keep file names.
function recall(key, url) {
  try {
    if (url === undefined) return sessionStorage.getItem(key);
    if (url === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, url);
  } catch {
    return null; // Storage may be switched off; resuming then ends with the page.
  }
  return url;
}
