// What the search suggests while somebody types: the arrows walk it, Escape closes it and goes back to what was typed.
const input = document.querySelector("[data-search]");
const box = document.getElementById("suggestions");
const links = () => [...box.querySelectorAll("a[href]")];
const close = () => box.replaceChildren();

function walk(by) {
  const all = links();
  const place = all.indexOf(document.activeElement) + by;
  if (place < 0) input.focus();
  else all[Math.min(place, all.length - 1)]?.focus();
}

if (input && box) {
  input.form.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && links().length && (by > 0 || document.activeElement !== input)) {
      event.preventDefault();
      walk(by);
    }
    if (event.key === "Escape") {
      if (document.activeElement !== input) input.focus();
      close();
    }
  });
  // An answer that comes when nobody waits for it any more is not shown.
  box.addEventListener("htmx:beforeSwap", (event) => {
    if (!input.form.contains(document.activeElement)) event.detail.shouldSwap = false;
  });
  document.addEventListener("focusin", (event) => { if (!input.form.contains(event.target)) close(); });
  document.addEventListener("click", (event) => { if (!input.form.contains(event.target)) close(); });
}
