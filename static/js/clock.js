// Clocks run by themselves: every .clock with a data-due gets its words, its meaning and its bar anew. The words, and
// from which share of its time on a clock is "soon", come from #clock-words; the server's clock counts, not that of the device.
const EVERY = 15_000;
const words = document.getElementById("clock-words")?.dataset;
const ahead = new WeakMap(); // how far the server's clock is ahead of this device's, in milliseconds

const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_whole, name) => values[name]);

function span(milliseconds) {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  const [d, h, m] = [Math.floor(seconds / 86400), Math.floor(seconds % 86400 / 3600), Math.floor(seconds % 3600 / 60)];
  if (d) return fill(h ? words.dh : words.d, { d, h });
  if (h) return fill(m ? words.hm : words.h, { h, m });
  return m ? fill(words.m, { m }) : words.less;
}

function show(clock, now) {
  const [since, due] = [Date.parse(clock.dataset.since), Date.parse(clock.dataset.due)];
  const share = now >= due ? 1 : Math.max(0, Math.min(1, (now - since) / (due - since) || 0));
  const meaning = now >= due ? "late" : share >= Number(words.soon) ? "soon" : "fine";
  const text = fill(now < due ? words.left : words.late, { span: span(due - now) });
  const left = clock.querySelector(".clock-left");
  if (left.textContent !== text) left.textContent = text;
  const bar = clock.querySelector(".bar rect:not(.bar-track)");
  bar?.setAttribute("width", `${(100 * share).toFixed(2)}%`);
  if (clock.classList.contains(`clock-${meaning}`)) return;
  clock.classList.remove("clock-fine", "clock-soon", "clock-late");
  clock.classList.add(`clock-${meaning}`);
  bar?.setAttribute("class", `bar-${meaning}`);
  // What is over now reads differently, and what may be done with it has changed: the list asks for itself.
  if (meaning === "late") document.body.dispatchEvent(new CustomEvent("clock-ended"));
}

function tick() {
  for (const clock of document.querySelectorAll(".clock[data-due]")) {
    if (!ahead.has(clock)) ahead.set(clock, Date.parse(clock.dataset.now) - Date.now());
    show(clock, Date.now() + ahead.get(clock));
  }
}

if (words) {
  tick(); // remembers how far apart the clocks are, before any time has passed
  setInterval(tick, EVERY);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
  document.body.addEventListener("htmx:load", tick);
}
