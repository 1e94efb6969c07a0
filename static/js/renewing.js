// Parts that ask now and then whether they are still right: not while nobody looks, at once when somebody looks again.
// While somebody writes in such a part, or has opened something in it, nothing moves: a line says that there is news.
const part = () => document.querySelector("[data-renews]");
const isInUse = (root) =>
  root.matches(":has(details[open], dialog[open])") ||
  root.querySelectorAll(".timeline").length > Number(root.dataset.timelines) ||
  (root.contains(document.activeElement) && document.activeElement.matches("input, select, textarea"));

document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target === part() && document.hidden) event.preventDefault();
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const root = part();
  if (event.target !== root || event.detail.xhr.status !== 200) return;
  if (!isInUse(root)) return;
  event.detail.shouldSwap = false;
  root.querySelector("[data-news]").hidden = false;
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && part()) htmx.trigger(part(), "looked-at");
});

const count = () => {
  const root = part();
  if (root) root.dataset.timelines = root.querySelectorAll(".timeline").length;
};
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.matches("[data-renews]")) count();
});
count();
