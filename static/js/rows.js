// Tables: a click anywhere on a row opens its first link, j and k walk the rows (so do the arrows within one), x selects.
// Listening on the document keeps this working for rows that htmx brings.
const linkOf = (row) => row.querySelector("a[data-row-link]") ?? row.querySelector("a[href]");
const isControl = (target) => target.closest("a, button, input, label, select, summary, details");
const keysAreOn = () => localStorage.getItem("baton-keys") !== "off";

document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-row]");
  if (!row || isControl(event.target) || String(getSelection())) return;
  const link = linkOf(row);
  if (!link) return;
  if (event.metaKey || event.ctrlKey) window.open(link.href, "_blank", "noopener");
  else link.click();
});

function step(by) {
  const links = [...document.querySelectorAll("tr[data-row]")].map(linkOf).filter(Boolean);
  if (!links.length) return;
  const row = document.activeElement?.closest("tr[data-row]");
  const here = row ? links.indexOf(linkOf(row)) : by > 0 ? -1 : links.length;
  links[Math.max(0, Math.min(links.length - 1, here + by))].focus();
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable], dialog");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !keysAreOn()) return;
  const isInRow = document.activeElement?.closest("tr[data-row]");
  const by = { j: 1, k: -1, ...(isInRow && { ArrowDown: 1, ArrowUp: -1 }) }[event.key];
  if (by && event.key.length > 1) event.preventDefault(); // an arrow walks instead of scrolling
  if (by) step(by);
  if (event.key === "x") document.activeElement?.closest("tr[data-row]")?.querySelector(".select-row")?.click();
});

// The all-box of the head is .select-all: it is checked when every row is.
function tickAll(table) {
  const all = table.querySelector(".select-all");
  if (!all) return;
  const boxes = [...table.querySelectorAll(".select-row")];
  const chosen = boxes.filter((box) => box.checked).length;
  all.checked = chosen > 0 && chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
  const told = document.querySelector("[data-ticked]");
  if (told) told.textContent = !chosen ? "" : chosen === 1 ? told.dataset.one : told.dataset.many.replace("{n}", chosen);
}

document.addEventListener("change", (event) => {
  const table = event.target.closest("table");
  if (!table || !event.target.matches(".select-row, .select-all")) return;
  if (event.target.matches(".select-all")) {
    table.querySelectorAll(".select-row").forEach((box) => { box.checked = event.target.checked; });
  }
  tickAll(table);
});

document.querySelectorAll("table:has(.select-row)").forEach(tickAll);
document.querySelectorAll(".select-all").forEach((box) => { box.closest("label").hidden = false; });
