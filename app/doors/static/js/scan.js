// Barcode readers type like a very fast person: at least six signs, less than 35 ms apart, Enter.

const FASTEST_HAND = 35; // ms
const SHORTEST_CODE = 6;
let typed = "";
let lastAt = 0;

// With a Vietnamese typing tool the key may be "Process": then its place tells the sign.
function sign(event) {
  if (event.key.length === 1) return event.key;
  const plain = /^(?:Digit|Numpad|Key)(.)$/.exec(event.code);
  return plain ? plain[1] : "";
}

function receive(text, target) {
  const field = target.closest("input,textarea");
  if (field?.dataset.scan === "so-dinh-danh") {
    // A citizen card's code holds number|old number|name|…; only the number survives the tools.
    field.value = text.split("|")[0].replace(/\D/g, "").slice(0, 12);
    field.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }
  if (field && field.dataset.scan === undefined) return true; // Its Enter must not send the form.
  const box = document.querySelector("[data-scan='']");
  if (!box) return false;
  box.value = text.trim();
  box.form.requestSubmit();
  return true;
}

addEventListener(
  "keydown",
  (event) => {
    const now = performance.now();
    const burst = now - lastAt < FASTEST_HAND;
    lastAt = now;
    if (event.code === "Enter" && burst && typed.length >= SHORTEST_CODE) {
      if (receive(typed, event.target)) event.preventDefault();
      typed = "";
    } else if (event.ctrlKey || event.altKey || event.metaKey) typed = "";
    else if (sign(event)) typed = burst ? typed + sign(event) : sign(event);
    else if (event.key !== "Shift") typed = "";
  },
  true,
);
