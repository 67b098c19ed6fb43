// The signs that a phone's keyboard lacks or hides, below the field that is being filled in.

const SIGNS = ["+", "−", "·", "/", "^", "(", ")", "√(", "π", "e^", "²", "sin(", "cos(", "ln("];
const keys = document.getElementById("keys");
let field;

function insert(sign) {
  field.setRangeText(sign, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

// Names that are not on every keyboard, such as θ, get a key, too.
export function offer(names) {
  const letters = names.filter((name) => /[^\x20-\x7e]/.test(name));
  keys.replaceChildren(
    ...[...SIGNS, ...letters].map((sign) => {
      const button = document.createElement("button");
      button.type = "button";
      button.tabIndex = -1; // who has a keyboard types it
      button.textContent = sign;
      button.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
      button.addEventListener("click", () => insert(sign));
      return button;
    }),
  );
}

document.addEventListener("focusin", ({ target }) => {
  if (!target.matches(".formula, .coordinate")) return;
  field = target;
  target.closest(".row, section > .line").after(keys);
  keys.hidden = false;
});
