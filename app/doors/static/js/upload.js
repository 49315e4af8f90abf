// The papers' page: files go up as soon as they are chosen, one after another.
// <form data-tus="/tai-len" data-draft="…" data-limit="20971520"> holds <section data-slot="…">;
// papers asked for later go to the dossier itself, with data-dossier.

let line = Promise.resolve();

const waiting = (seconds) =>
  navigator.onLine
    ? `Đường truyền gián đoạn, sẽ tự tải tiếp sau ${seconds} giây.`
    : "Mất kết nối, sẽ tự tải tiếp khi có mạng.";

const MB = (bytes) => `${(bytes / 1048576).toFixed(1).replace(".", ",").replace(",0", "")} MB`;

function enhance(root) {
  const fine = matchMedia("(pointer: fine)").matches;
  all("[data-drop-hint]", root).forEach((hint) => (hint.hidden = !fine));
  // Files go up as they are chosen: nothing waits for this button.
  all("form[data-tus] button[name=luu]", root).forEach((button) => (button.hidden = true));
  all("form[data-tus] [data-slot] input[type=file]", root).forEach((input) => {
    input.addEventListener("change", () => {
      const files = [...input.files];
      input.value = ""; // The plain form must not send them a second time.
      files.forEach((file) => start(input.closest("[data-slot]"), file));
    });
    const frame = input.closest(".pick");
    frame.classList.add("pick-on");
    input.addEventListener("dragenter", () => frame.classList.add("pick-over"));
    for (const end of ["dragleave", "drop"])
      input.addEventListener(end, () => frame.classList.remove("pick-over"));
  });
}

function start(slot, file) {
  const row = new Row(slot, file.name);
  row.onCancel = () => row.upload?.cancel();
  const run = async () => {
    const whole = !row.gone && (await carry(slot, row, file, () => queue(run)));
    // Another file's verdict may have been waiting for this one to end, however it ended.
    if (whole || slot.dataset.stale) await refresh(slot, whole ? "Đã tải lên." : "");
  };
  queue(run);
}

// Whether the file has come whole; if not, its line says why.
async function carry(slot, row, file, again) {
  const form = slot.closest("form");
  const limit = Number(form.dataset.limit || 20971520);
  row.begin();
  try {
    const body = await lighter(file);
    if (!body.size) throw new Refused("Tệp trống, vui lòng chụp lại hoặc chọn tệp khác.");
    if (body.size > limit) throw new Refused(`Tệp vượt quá ${MB(limit)}, vui lòng chọn tệp nhỏ hơn.`);
    if (row.gone) return false;
    row.upload = new Upload(form.dataset.tus, body, about(slot, form, body), {
      onProgress: (sent, total) => row.progress(sent, total),
      onPause: (seconds) => row.say(waiting(seconds)),
    });
    await row.upload.send();
    row.finish();
    return true;
  } catch (error) {
    if (!(error instanceof Cancelled)) row.fail(error, again);
    return false;
  }
}

function queue(run) {
  line = line.then(run);
}

function about(slot, form, file) {
  return {
    filename: file.name.normalize("NFC"),
    filetype: file.type,
    slot: slot.dataset.slot,
    draft: form.dataset.draft || "",
    dossier: form.dataset.dossier || "",
  };
}

// A phone's photo of 5 MB says no more than one of 0.7 MB; documents are never touched.
async function lighter(file) {
  if (!/^image\/(jpeg|png)$/.test(file.type) || file.size < 1500000 || !self.createImageBitmap)
    return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, 2000 / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
    if (!blob || blob.size >= file.size) return file;
    const name = file.name.replace(/\.\w+$/, "") + ".jpg";
    return new File([blob], name, { type: "image/jpeg", lastModified: file.lastModified });
  } catch {
    return file; // Not a picture after all: the server will say so.
  }
}

// The server's verdict on the paper comes with the page itself. The input stays where it is: the
// citizen may have its file dialog open, or have chosen the next file while the page was fetched.
async function refresh(slot, said) {
  slot.dataset.stale = "1"; // Until the page was asked and nothing has come in between.
  if (busy(slot)) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(slot.id);
  if (!fresh || busy(slot)) return; // What has come in between will refresh when it is over.
  delete slot.dataset.stale;
  const list = slot.querySelector("[data-files]");
  const focused = list.contains(document.activeElement);
  // What the server itself refused stands in its own list.
  const failed = all("[data-failed]:not([data-told])", list);
  list.replaceChildren(...fresh.querySelector("[data-files]").children, ...failed);
  slot.className = fresh.className;
  slot.querySelector(".slot-head").replaceWith(fresh.querySelector(".slot-head"));
  slot.querySelectorAll(":scope > .error").forEach((sentence) => sentence.remove());
  const pick = slot.querySelector(".pick");
  pick.hidden = !fresh.querySelector(".pick");
  pick.querySelector("input").removeAttribute("aria-invalid");
  if (said) slot.querySelector("[data-say]").textContent = said;
  if (focused) slot.querySelector(pick.hidden ? "button" : "input")?.focus();
}

const busy = (slot) => slot.querySelector("[data-uploading],[data-waiting]");

// One file's line in the list, from waiting to done or failed.
class Row {
  constructor(slot, name) {
    this.slot = slot;
    this.name = name;
    this.step = 0;
    this.box = document.createElement("li");
    this.box.className = "file";
    this.box.dataset.waiting = "1";
    this.icon = document.createElement("span");
    this.title = Object.assign(document.createElement("span"), { className: "file-name" });
    this.title.textContent = name;
    this.button = this.makeButton("Hủy", () => this.cancel());
    this.bar = Object.assign(document.createElement("progress"), { className: "bar", max: 1 });
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", `Tiến độ tải lên ${name}`);
    this.note = Object.assign(document.createElement("span"), { className: "file-note" });
    this.note.textContent = "Đang chờ tải lên";
    this.box.append(this.icon, this.title, this.button, this.bar, this.note);
    slot.querySelector("[data-files]").append(this.box);
  }

  makeButton(words, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-text btn-small";
    button.textContent = words;
    const more = Object.assign(document.createElement("span"), { className: "vh" });
    more.textContent = ` tải lên ${this.name}`;
    button.append(more);
    button.addEventListener("click", act);
    return button;
  }

  begin() {
    delete this.box.dataset.waiting;
    delete this.box.dataset.failed;
    this.box.dataset.uploading = "1";
    this.step = 0;
    this.bar.hidden = false;
    this.retry?.remove();
    this.say("Đang tải lên 0 %");
  }

  progress(sent, total) {
    const percent = Math.floor((sent / total) * 100);
    this.bar.value = sent / total;
    this.note.textContent = `Đang tải lên ${percent} %`;
    const step = Math.floor(percent / 25);
    if (step > this.step && step < 4) {
      this.step = step;
      this.say(this.note.textContent);
    }
  }

  finish() {
    delete this.box.dataset.uploading;
    this.bar.hidden = true;
    this.button.remove();
    this.say("Đã tải lên");
  }

  fail(error, again) {
    delete this.box.dataset.uploading;
    this.box.dataset.failed = "1";
    if (this.upload?.url && !WORTH_ANOTHER_TRY.has(error.status)) this.box.dataset.told = "1";
    this.bar.hidden = true;
    this.say(error.message || "Không tải lên được. Vui lòng kiểm tra mạng rồi bấm “Thử lại”.");
    // What the file itself is to blame for will not be better the second time.
    if (WORTH_ANOTHER_TRY.has(error.status)) {
      this.retry = this.makeButton("Thử lại", again);
      this.button.before(this.retry);
    }
    this.note.className = "file-note error";
    this.button.firstChild.textContent = "Xóa";
    this.button.lastChild.textContent = ` tệp ${this.name}`;
  }

  cancel() {
    this.gone = true;
    this.onCancel();
    this.box.remove();
    this.slot.querySelector("[data-say]").textContent = `Đã hủy tải lên ${this.name}`;
    this.slot.querySelector("input[type=file]")?.focus();
  }

  say(words) {
    this.note.className = "file-note";
    this.note.textContent = words;
    this.slot.querySelector("[data-say]").textContent = `${this.name}: ${words}`;
  }
}

enhance(document);
