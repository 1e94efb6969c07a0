// A chart is an <img> until this puts the SVG itself in its place: it then follows the colour scheme, and a mark's
// label is shown on hover and on focus. The marks come with aria-labels from the server.
const MARKS = "[aria-label][role='graphics-symbol']:not(g)"; // the axes are groups

async function inline(frame) {
  const answer = await fetch(frame.dataset.chart, { headers: { Accept: "image/svg+xml" } });
  if (!answer.ok) return;
  const svg = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
  if (svg.localName !== "svg") return;
  svg.querySelectorAll("script, foreignObject, style").forEach((part) => part.remove());
  svg.querySelectorAll("[style]").forEach((part) => part.removeAttribute("style"));
  svg.removeAttribute("style");
  const picture = frame.querySelector("img");
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", picture.alt);
  picture.replaceWith(document.importNode(svg, true));
  walk(frame);
}

function walk(frame) {
  const marks = frame.querySelectorAll(MARKS);
  marks.forEach((mark) => { mark.setAttribute("tabindex", "-1"); mark.setAttribute("role", "img"); });
  marks[0]?.setAttribute("tabindex", "0"); // one stop for Tab, the arrows walk the marks
  label(frame, [...marks]);
}

function label(frame, marks) {
  const tip = document.createElement("div");
  tip.className = "chart-label";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  frame.append(tip);

  const show = (mark) => {
    tip.textContent = mark.getAttribute("aria-label");
    tip.hidden = false;
    const box = mark.getBoundingClientRect();
    const outer = frame.getBoundingClientRect();
    const left = box.left - outer.left + frame.scrollLeft + box.width / 2 - tip.offsetWidth / 2;
    tip.style.left = `${Math.max(0, Math.min(left, frame.scrollWidth - tip.offsetWidth))}px`;
    tip.style.top = `${Math.max(0, box.top - outer.top - tip.offsetHeight - 4)}px`;
  };
  const hide = () => { tip.hidden = true; };

  marks.forEach((mark, index) => {
    mark.addEventListener("pointerenter", () => show(mark));
    mark.addEventListener("pointerleave", hide);
    mark.addEventListener("focus", () => show(mark));
    mark.addEventListener("blur", hide);
    mark.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const next = by && marks[index + by];
      if (!next) return;
      event.preventDefault();
      mark.setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
    });
  });
}

const start = (root) => {
  root.querySelectorAll?.("[data-chart]:has(> img)").forEach((frame) => {
    frame.classList.toggle("chart-waits", !frame.querySelector("img").complete); // the first drawing of new numbers takes a second
    inline(frame).catch(() => {}).finally(() => frame.classList.remove("chart-waits"));
  });
  root.querySelectorAll?.("[data-marks]:not(:has(> .chart-label))").forEach(walk); // drawn into the page already
};
start(document);
document.body.addEventListener("htmx:load", (event) => start(event.target));
