// A list whose entries are dragged by their handles: [data-order] holds the address that takes the new order. The
// buttons beside each entry do the same without this.
for (const list of document.querySelectorAll("[data-order]")) {
  let dragged = null;

  for (const handle of list.querySelectorAll("[data-handle]")) handle.hidden = false;
  const help = list.parentElement.querySelector("[data-order-help]");
  if (help) help.hidden = false;

  list.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("[data-handle]");
    if (!handle || event.button) return;
    event.preventDefault();
    dragged = handle.closest("[data-question]");
    dragged.classList.add("is-dragged");
    list.setPointerCapture(event.pointerId);
  });

  list.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const others = [...list.children].filter((entry) => entry !== dragged);
    const next = others.find((entry) => {
      const box = entry.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    if (next !== dragged.nextElementSibling) list.insertBefore(dragged, next ?? null);
  });

  const drop = async () => {
    if (!dragged) return;
    dragged.classList.remove("is-dragged");
    dragged = null;
    const body = new URLSearchParams([...list.children].map((entry) => ["question", entry.dataset.question]));
    const answer = await fetch(list.dataset.order, {
      method: "POST",
      headers: { "X-CSRFToken": list.dataset.token },
      body,
      redirect: "manual",
    });
    // Drawn anew: the preview follows, and so do the buttons at both ends. What failed is as it was.
    if (answer) location.reload();
  };
  list.addEventListener("pointerup", drop);
  list.addEventListener("pointercancel", drop);
}
