// On a page that a link of our mail led to, where Baton stands on the website itself: the visitor of the website's script,
// if it has kept one here, is whoever has the link. Nothing is sent for a browser in which nothing is kept.
const { to, key, sign } = document.querySelector("[data-sign]").dataset;
let kept;
try {
  kept = JSON.parse(localStorage.getItem("baton:"));
} catch {
  // Where nothing may be kept, even asking throws.
}
if (kept?.id) {
  const { userAgent } = navigator, context = { token: sign, consent: kept.consent, userAgent };
  const message = { type: "identify", anonymousId: kept.id, timestamp: new Date(), context };
  const body = JSON.stringify({ batch: [message], sentAt: new Date(), writeKey: key });
  fetch(to, { method: "POST", body, keepalive: true, credentials: "omit" });
}
