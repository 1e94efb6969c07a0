// Keys: ? shows what can be pressed, / searches, and any element with data-key="a" or data-key="g q" is activated by it;
// data-row-key="a" by the key pressed on its row.
// Single keys can be switched off in the ? help (WCAG 2.1.4); they never work while somebody types.
const STORED = "baton-keys";
const PAUSE = 1200;
const dialog = document.getElementById("keys");
const onBox = document.getElementById("keys-on");
let first = "";
let timer = 0;

const isOn = () => localStorage.getItem(STORED) !== "off";

function isTyping(target) {
  return target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

function isVisible(element) {
  return element.checkVisibility?.() ?? element.offsetParent !== null;
}

// data-row-key="a" is a key of the row that holds the focus; with none focused it takes the first that has it.
function ofRow(key) {
  const row = document.activeElement?.closest("tr[data-row]");
  const chosen = `[data-row-key="${CSS.escape(key)}"]`;
  if (row) return [...row.querySelectorAll(chosen)].find(isVisible);
  document.querySelector(`tr[data-row]:has(${chosen}) a[href]`)?.focus();
  return undefined;
}

function bound(keys) {
  return [...document.querySelectorAll(`[data-key="${CSS.escape(keys)}"]`)].find(isVisible);
}

function words(element) {
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd, .badge, svg").forEach((part) => part.remove());
  return element.dataset.keyLabel || element.getAttribute("aria-label") || copy.textContent.trim();
}

// What a list that opens by a key of its own holds is told with that key before it.
const listOf = (element) => (element.matches("summary") ? null : element.closest("details:has(> summary[data-row-key])"));

function keysOf(element) {
  const opening = listOf(element)?.querySelector("summary").dataset.rowKey;
  return [opening, element.dataset.rowKey ?? element.dataset.key].filter(Boolean).join(" ");
}

const isWithinReach = (element) => isVisible(listOf(element)?.querySelector("summary") ?? element);

function fillHelp() {
  const list = dialog.querySelector("[data-keys-list]");
  list.querySelectorAll("[data-found]").forEach((part) => part.remove());
  list.querySelectorAll("[data-needs]").forEach((part) => { part.hidden = !document.querySelector(part.dataset.needs); });
  const seen = new Set();
  for (const element of document.querySelectorAll("[data-row-key], [data-key]")) {
    const keys = keysOf(element);
    const meaningOf = `${keys}: ${words(element)}`;
    if (seen.has(meaningOf) || !isWithinReach(element)) continue;
    seen.add(meaningOf);
    const term = document.createElement("dt");
    for (const key of keys.split(" ")) {
      const cap = document.createElement("kbd");
      cap.textContent = key;
      term.append(cap, " ");
    }
    const meaning = document.createElement("dd");
    meaning.textContent = element.dataset.rowKey ? `${words(element)} ${list.dataset.inRow}` : words(element);
    for (const part of [term, meaning]) { part.dataset.found = ""; list.append(part); }
  }
}

function activate(element) {
  if (element.matches("input, textarea, select, summary")) element.focus();
  if (!element.matches("input, textarea, select")) element.click();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (!isOn()) return;
  if (event.key === "?") {
    event.preventDefault();
    fillHelp();
    if (dialog && !dialog.open) dialog.showModal();
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
    return;
  }
  const element = (first ? null : ofRow(event.key)) ?? bound(first ? `${first} ${event.key}` : event.key);
  clearTimeout(timer);
  if (element) {
    event.preventDefault();
    first = "";
    activate(element);
  } else {
    first = document.querySelector(`[data-key^="${CSS.escape(event.key)} "]`) ? event.key : "";
    timer = setTimeout(() => { first = ""; }, PAUSE);
  }
});

document.querySelector("[data-search]")?.addEventListener("keydown", (event) => {
  if (event.key === "Escape") event.target.blur();
});

if (dialog && onBox) {
  onBox.checked = isOn();
  onBox.addEventListener("change", () => localStorage.setItem(STORED, onBox.checked ? "on" : "off"));
  document.querySelectorAll("[data-opens=keys]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", fillHelp);
  });
}
