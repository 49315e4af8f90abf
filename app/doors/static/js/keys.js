// The officer's keys. Vietnamese typing tools rewrite letter pairs, so no letter sequences are
// used, and keys are read by their place (event.code), not by what a tool makes of them.

const SINGLE_KEY_OFF = "tat-phim-don";

const press = (key) => {
  const target = document.querySelector(`[data-key="${key}"]`);
  if (!target) return false;
  if (target.matches("input")) {
    target.focus();
    target.select();
  } else target.click();
  return true;
};

const inField = (target) => target.closest("input,textarea,select,[contenteditable]");

function decision(number) {
  const buttons = all("[data-decisions] :is(button,a.btn):not([hidden])");
  buttons[number - 1]?.click();
  return number <= buttons.length;
}

function moveRow(step, edge) {
  const rows = all(".queue tbody tr").filter((row) => row.querySelector("a"));
  if (!rows.length) return false;
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const last = rows.length - 1;
  const next = edge ? (step < 0 ? 0 : last) : Math.max(0, Math.min(last, here + step));
  rows[next].querySelector("a").focus();
  return true;
}

function act(event) {
  const { code, altKey, ctrlKey, shiftKey, metaKey } = event;
  if (metaKey) return false;
  if (altKey && !ctrlKey) {
    const digit = /^(?:Digit|Numpad)([1-6])$/.exec(code);
    if (digit) return decision(Number(digit[1]));
    if (code === "ArrowUp" || code === "ArrowDown") return press(`Alt+${code}`);
    return false;
  }
  if (ctrlKey) {
    if (code === "KeyK") return press("/");
    if (code === "Enter" || code === "NumpadEnter") return press("Ctrl+Enter");
    return false;
  }
  if (/^F(2|9)$/.test(code)) return press(code);
  if (code === "F8") return printPage();
  if (inField(event.target) || shiftKey) return false;
  if (code === "Slash") return !localStorage.getItem(SINGLE_KEY_OFF) && press("/");
  if (code === "Escape") return press("Escape");
  if (code === "ArrowDown") return moveRow(1);
  if (code === "ArrowUp") return moveRow(-1);
  const inQueue = event.target.closest(".queue");
  if (inQueue && code === "Home") return moveRow(-1, true);
  if (inQueue && code === "End") return moveRow(1, true);
  return false;
}

function printPage() {
  if (!document.querySelector("[data-print]")) return press("F8");
  print();
  return true;
}

addEventListener("keydown", (event) => {
  if (!event.defaultPrevented && act(event)) event.preventDefault();
});

// A single-character key must have a switch (WCAG 2.1.4).
all("[data-single-key]").forEach((button) => {
  const show = () => {
    const off = Boolean(localStorage.getItem(SINGLE_KEY_OFF));
    button.setAttribute("aria-pressed", String(!off));
    button.textContent = off ? "Phím “/” để tìm: đang tắt" : "Phím “/” để tìm: đang bật";
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (localStorage.getItem(SINGLE_KEY_OFF)) localStorage.removeItem(SINGLE_KEY_OFF);
    else localStorage.setItem(SINGLE_KEY_OFF, "1");
    show();
  });
  show();
});
