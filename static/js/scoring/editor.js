// The sentences of a draft. They are drawn anew after each change: forms that are open elsewhere stay as they were
// typed, and whom each rule matches stands beside it again. Rules are dragged by their handles; the buttons beside each
// do the same without this.
const editor = () => document.getElementById("editor");
let kept = []; // open forms, while the sentences are drawn anew

document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target !== editor() || !event.detail.shouldSwap) return;
  const closed = event.detail.requestConfig.elt.closest("[data-open]");
  kept = [...editor().querySelectorAll("[data-open]")].filter((form) => form !== closed);
  kept = kept.map((form) => ({ form, list: form.parentElement.id, focused: form.contains(document.activeElement) && document.activeElement }));
});

document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "margin" || event.target === editor()) tellMatching();
  if (event.target !== editor()) {
    const form = event.target.matches?.("[data-open]") ? event.target : document.querySelector("[data-open]:not([data-seen])");
    if (form && !form.dataset.seen) begin(form);
    return;
  }
  for (const { form, list, focused } of kept) {
    const now = document.getElementById(form.id);
    if (now) now.replaceWith(form);
    else document.getElementById(list)?.append(form);
    if (focused) focused.focus();
  }
  kept = [];
  showHandles();
});

function begin(form) {
  form.dataset.seen = "";
  (form.querySelector("[data-errors]") ?? form.querySelector("[role=alert]") ?? form.querySelector("input:not([type=hidden]), select, textarea"))?.focus();
}

function tellMatching() {
  for (const words of document.querySelectorAll("[data-matching]")) {
    const place = document.querySelector(`[data-matching-of="${CSS.escape(words.dataset.matching)}"]`);
    if (place) place.textContent = words.textContent;
  }
}

function showHandles() {
  for (const handle of document.querySelectorAll("[data-handle]")) handle.hidden = false;
}

let dragged = null;
let before = null;

document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest("[data-handle]");
  if (!handle || event.button) return;
  event.preventDefault();
  dragged = handle.closest("[data-rule]");
  before = dragged.nextElementSibling;
  dragged.classList.add("is-dragged");
  dragged.setPointerCapture(event.pointerId);
});

document.addEventListener("pointermove", (event) => {
  if (!dragged) return;
  const others = [...dragged.parentElement.children].filter((entry) => entry !== dragged);
  const next = others.find((entry) => {
    const box = entry.getBoundingClientRect();
    return event.clientY < box.top + box.height / 2;
  });
  if (next !== dragged.nextElementSibling) dragged.parentElement.insertBefore(dragged, next ?? null);
});

function drop() {
  if (!dragged) return;
  const rule = dragged;
  dragged = null;
  rule.classList.remove("is-dragged");
  const next = rule.nextElementSibling;
  if (next === before) return;
  const values = { do: "place", before: next?.dataset.rule ?? "" };
  window.htmx.ajax("POST", rule.dataset.arrange, { source: rule, target: "#editor", swap: "outerHTML", values });
}
document.addEventListener("pointerup", drop);
document.addEventListener("pointercancel", drop);

showHandles();
