// What every page shares: focus on errors, one sending per press, printing, copying, leave-guard.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

all("[data-focus]").forEach((box) => box.focus());

let leavingOnPurpose = false;
const touched = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) touched.add(form);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  // The server ignores a repeated form by its nonce; this only spares the wait.
  if (form.dataset.sent) return event.preventDefault();
  if (form.method !== "post" || event.defaultPrevented) return;
  if (!form.matches("[hx-post],[data-again]")) form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
  leavingOnPurpose = true;
});

// A page brought back by "Back" must accept a sending again.
addEventListener("pageshow", () => {
  leavingOnPurpose = false;
  all("form[data-sent]").forEach((form) => delete form.dataset.sent);
  all("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
});

addEventListener("beforeunload", (event) => {
  const busy = document.querySelector("[data-uploading]");
  if (busy || (touched.size && !leavingOnPurpose)) {
    event.preventDefault();
    event.returnValue = "";
  }
});

all("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
  // Just saved at the counter: the paper comes out without another key.
  if (button.matches("[data-print-now]")) addEventListener("load", () => setTimeout(print, 200));
});

// <button data-copy="H41.…" hidden>Sao chép mã</button>
all("[data-copy]").forEach((button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.lastChild.textContent = "Đã sao chép";
  });
});

// Our own words in place of the browser's file button, which speaks the phone's language.
all(".pick[data-plain] input").forEach((input) => {
  const frame = input.closest(".pick");
  frame.classList.add("pick-on");
  input.addEventListener("change", () => {
    frame.querySelector("[data-picked]").textContent = input.files[0] ? input.files[0].name : "";
  });
});
