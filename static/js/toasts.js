// Messages that go away by themselves, unless they ask to stay, are pointed at or hold the focus.
// Also says so when an htmx request fails: a page must never fall silent.
const SHOWN_FOR = 8000;
const FADE = 120;
const MOST = 3; // more would lie over what one works on
const region = document.getElementById("toasts");

function remove(toast) {
  toast.classList.add("toast-leaving");
  setTimeout(() => toast.remove(), FADE);
}

function arm(toast) {
  const passing = [...region.querySelectorAll("[data-toast]:not([data-stays], .toast-leaving)")];
  passing.slice(0, -MOST).forEach(remove);
  const close = toast.querySelector("[data-toast-close]");
  close.hidden = false;
  close.addEventListener("click", () => remove(toast));
  if (toast.hasAttribute("data-stays")) return;
  let timer = setTimeout(() => remove(toast), SHOWN_FOR);
  for (const start of ["pointerenter", "focusin"]) toast.addEventListener(start, () => clearTimeout(timer));
  for (const end of ["pointerleave", "focusout"]) {
    toast.addEventListener(end, () => { clearTimeout(timer); timer = setTimeout(() => remove(toast), SHOWN_FOR); });
  }
}

function say(text) {
  if (!region || [...region.querySelectorAll("p")].some((p) => p.textContent === text)) return;
  const toast = document.createElement("div");
  toast.className = "toast toast-late";
  toast.dataset.toast = "";
  toast.dataset.stays = "";
  const words = document.createElement("p");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", region.dataset.close);
  close.textContent = "×";
  toast.append(words, close);
  region.append(toast);
}

if (region) {
  region.querySelectorAll("[data-toast]").forEach(arm);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) if (node.matches?.("[data-toast]")) arm(node);
    }
  }).observe(region, { childList: true });

  const isQuiet = (event) => event.detail.elt?.matches?.("[data-quiet]"); // a count in the rail that polls
  for (const kind of ["htmx:sendError", "htmx:timeout"]) {
    document.body.addEventListener(kind, (event) => { if (!isQuiet(event)) say(region.dataset.networkError); });
  }
  document.body.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (isQuiet(event)) return;
    say(status === 403 || status === 404 ? region.dataset.goneError : region.dataset.serverError);
  });
}

// What is wrong with a form is read first, on a page and on what htmx brings.
document.querySelector("[data-errors]")?.focus();
document.body.addEventListener("htmx:afterSettle", (event) => event.target.querySelector?.("[data-errors]")?.focus());
