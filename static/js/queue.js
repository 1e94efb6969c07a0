// The queue while somebody works in it. It asks for itself every half minute; what comes is put in its place at once,
// unless the person is in the list or in a form: then nothing moves, rows that changed say so where they stand, and a
// line above the list tells what is new until it is asked for (u).
const dialog = document.getElementById("answer");
const body = document.getElementById("answer-body");
const news = document.getElementById("queue-news");
const queue = () => document.getElementById("queue");
const rows = (root, chosen = "") => [...root.querySelectorAll(`tr[data-row]${chosen}`)];
const rowOf = (root, id) => root.querySelector(`tr[data-row="${CSS.escape(id)}"]`);

let known = new Set(); // the rows this page has shown
let place = []; // the row that was answered and those after it, each with its state
let worked = ""; // the row whose form was opened or whose button was pressed last

const isAtWork = () => dialog.open || queue().matches(":hover") || queue().contains(document.activeElement);

function remember() {
  known = new Set(rows(queue()).map((row) => row.dataset.row));
}

function arrivals(root) {
  return rows(root, "[data-arrives]").filter((row) => !known.has(row.dataset.row));
}

function tell(count, isHeld) {
  const words = !count ? "" : count === 1 ? news.dataset.one : news.dataset.many.replace("{n}", count);
  news.querySelector("[data-news-words]").textContent = words || (isHeld ? news.dataset.changed : "");
  news.querySelector("a").hidden = !isHeld;
  news.classList.toggle("queue-news-on", Boolean(words || isHeld));
}

function mark(fresh) {
  for (const row of fresh) {
    const badge = document.createElement("span");
    badge.className = "badge badge-accent";
    badge.textContent = news.dataset.new;
    row.querySelector("th a[href]").after(" ", badge);
  }
}

// What is different is said in the rows that are there; nothing moves.
function merge(html) {
  const brought = new DOMParser().parseFromString(html, "text/html");
  const fresh = arrivals(brought);
  let hasMoved = false;
  for (const row of rows(queue())) {
    const now = rowOf(brought, row.dataset.row);
    if (now && now.dataset.state !== row.dataset.state) replace(row, now);
    if (!now && row.hasAttribute("data-arrives")) gone(row);
    hasMoved ||= !now;
  }
  const lede = brought.getElementById("queue-lede");
  if (lede) document.getElementById("queue-lede").textContent = lede.textContent;
  const toasts = brought.querySelectorAll("[data-toast]");
  document.getElementById("toasts").append(...toasts);
  if (fresh.length || hasMoved) tell(fresh.length, true);
}

function replace(row, now) {
  const focused = row.contains(document.activeElement) && document.activeElement.id;
  const brought = document.importNode(now, true);
  row.replaceWith(brought);
  window.htmx.process(brought);
  if (focused) (document.getElementById(focused) ?? brought.querySelector("a[href]"))?.focus();
}

function gone(row) {
  if (row.classList.contains("row-gone")) return;
  row.classList.add("row-gone");
  const words = document.createElement("span");
  words.className = "quiet";
  words.textContent = news.dataset.gone;
  row.querySelector(".answers").replaceChildren(words);
}

const lastRow = () => (worked ? rowOf(queue(), worked) : null);

// Whoever is signed out is sent to the sign-in, but not while a form is being filled in: what was typed can be copied.
document.body.addEventListener("htmx:beforeOnLoad", (event) => {
  if (!event.detail.xhr.getResponseHeader("HX-Redirect") || !dialog.open || !body.querySelector("form[data-begun]")) return;
  event.preventDefault();
  if (body.querySelector("[data-signed-out]")) return;
  const words = document.createElement("p");
  words.className = "note note-late";
  words.dataset.signedOut = "";
  words.setAttribute("role", "alert");
  words.textContent = news.dataset.signedOut;
  body.prepend(words);
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target !== queue()) return;
  const why = event.detail.requestConfig.triggeringEvent?.type; // a poll has none
  if ((!why || why === "clock-ended") && event.detail.xhr.status === 200 && isAtWork()) {
    event.detail.shouldSwap = false;
    merge(event.detail.serverResponse);
    return;
  }
  const row = why === "queue-changed" && (document.activeElement?.closest("tr[data-row]") ?? lastRow());
  const all = rows(queue());
  place = row ? all.slice(all.indexOf(row)).map((one) => [one.dataset.row, one.dataset.state]) : [];
});

document.body.addEventListener("htmx:beforeRequest", (event) => {
  const row = event.target.closest?.("tr[data-row]");
  if (row) worked = row.dataset.row;
  // A form that was begun and put aside is shown again as it was left.
  if (row && event.detail.target === body && !event.target.matches("form")) {
    const begun = body.querySelector("form[data-begun]");
    if (begun && new URL(begun.action).pathname === event.detail.pathInfo.requestPath) {
      event.preventDefault();
      dialog.showModal();
    }
  }
});

document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target !== queue()) return;
  const fresh = arrivals(queue());
  mark(fresh);
  tell(fresh.length, false);
  remember();
  goOn();
});

// Whoever answered goes on with the next row; whoever did something to a row that stays, with that one. On a phone, which
// shows one row at a time, whoever accepted a lead goes on with it, wherever it stands now: it is to be called.
const isPhone = window.matchMedia("(max-width: 560px)");
function goOn() {
  const still = place.map(([id, state]) => [rowOf(queue(), id), state]).filter(([row]) => row);
  const accepted = isPhone.matches && place.length && rowOf(queue(), place[0][0]);
  const next = accepted && accepted.dataset.state === "accepted"
    ? accepted
    : still.find(([row, state]) => row.dataset.state === state)?.[0] ?? still[0]?.[0];
  if (place.length && !dialog.open && next && !next.contains(document.activeElement)) {
    next.querySelector("a[href]").focus();
  }
  place = [];
}

body.addEventListener("htmx:afterSwap", () => {
  if (!dialog.open) dialog.showModal();
  (body.querySelector("[data-errors]") ?? body.querySelector("[autofocus]"))?.focus();
});
// Whoever puts a form aside whose row is gone goes on with the first row there is.
dialog.addEventListener("close", () => {
  if (document.activeElement === document.body) (lastRow() ?? rows(queue())[0])?.querySelector("a[href]")?.focus();
});
body.addEventListener("input", (event) => { event.target.form?.setAttribute("data-begun", ""); });
document.body.addEventListener("answered", () => {
  dialog.close();
  setTimeout(() => body.replaceChildren()); // after the events of the same answer, which come from the form
});

remember();
