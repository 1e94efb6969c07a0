// data-copies="id": the button copies the text of that element and says so for a moment. Where the browser lets no page
// copy, the button stays hidden and people select the text.
for (const button of document.querySelectorAll("[data-copies]")) {
  const [copy, copied] = button.querySelectorAll("span");
  const say = (isCopied) => { copy.hidden = isCopied; copied.hidden = !isCopied; };
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent.trim());
    say(true);
    setTimeout(() => say(false), 2000);
  });
}
