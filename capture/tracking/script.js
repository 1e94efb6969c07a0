// What a website runs so that Baton learns of visits. The server calls this function with the settings of the site and
// leaves out the lines that are only a comment; nothing else is done to it. docs/tracking.md is about it.
//
// Nothing is kept in a browser before there is consent: `kept` is then of this page only, messages wait in `held`, and
// those of somebody who says no are sent without anything that tells one visitor from another, or not at all.
(site => {
  "use strict";
  const doc = document, MINUTE = 6e4, IDLE = 5 * MINUTE, DAY = 1440 * MINUTE, LIFE = 395 * DAY;
  // In localStorage: what is kept under this key, and each waiting message under it and its id.
  const MOST = 100, KEY = "baton:";
  const FILES = /\.(pdf|docx?|xlsx?|pptx?|od[tsp]|csv|zip|dmg|exe|msi|epub|ics|mp[34])$/i;
  const CLICK_IDS = /^(\w+clk?id|[gw]braid|li_fat_id|rdt_cid)$/, PAID = /^(cp[cmv]|ppc|paid|display|banner|retarget)/i;
  // Where the script comes from its messages go: so it works from another origin and through a path of the site's own.
  const { src, dataset: { key } } = doc.currentScript, to = new URL("e", src).href;
  const hex = byte => (byte + 256).toString(16).slice(1);
  // Pages without https have only the second.
  const uuid = () => crypto.randomUUID?.() || [...crypto.getRandomValues(new Uint8Array(16))].map(hex).join("");
  const on = (names, act, target = window) =>
    names.split(" ").forEach(name => target.addEventListener(name, act, true));
  // Where nothing may be kept, even asking throws.
  const storage = work => { try { return work(localStorage); } catch { } };

  // --- what is kept: {id, at, consent, user, visit: {id, at, day, source, pages, ad}} ---
  let kept = {}, isStored = false;
  const load = () => storage(store => {
    const text = store.getItem(KEY);
    if (text || isStored) kept = text ? JSON.parse(text) : {};
    if (kept.at < Date.now() - LIFE) kept = {};
  });
  const save = () => storage(store => {
    store.setItem(KEY, JSON.stringify(kept));
    isStored = true;
  });
  const keys = store => Object.keys(store).filter(key => key.startsWith(KEY));
  const forget = () => {
    storage(store => keys(store).forEach(key => store.removeItem(key)));
    kept = {};
  };

  // --- consent: what was chosen, what the browser asks for, what the site says of those who were not asked ---
  let told, held = [];
  const refuses = site.gpc && navigator.globalPrivacyControl || site.dnt && navigator.doNotTrack == "1";
  const state = () => (load(), kept.consent || told || (refuses ? "denied" : site.consent));
  const settle = () => state() != "pending" && held.splice(0).forEach(take);
  const consent = choice => {
    const before = state(), { id } = kept;
    told = choice;
    if (choice == "granted") {
      kept.consent = choice;
      kept.at ||= Date.now();
      save();
      settle();
      if (before != choice) track("Consent Given");
    } else {
      forget();
      queue = [];
      if (before == "granted" && id) add({ ...message("track", { event: "Consent Withdrawn" }), anonymousId: id });
      // Where silence means yes, the word that means no has to be kept.
      if (site.consent == "granted") kept.consent = choice, save();
      settle();
    }
  };

  // --- sending: what has a visitor is kept until it is acknowledged, what has none is sent once ---
  let queue = [], timer, isBusy, wait = 1e3;
  const done = ({ messageId }) => storage(store => store.removeItem(KEY + messageId));
  const add = (message, isKept) => {
    queue.push(message);
    if (isKept) storage(store => store.setItem(KEY + message.messageId, JSON.stringify(message)));
    if (queue.length > MOST) done(queue.shift());
    later(300);
  };
  const later = delay => { timer ||= setTimeout(flush, delay); };
  const flush = isEnd => {
    timer = clearTimeout(timer);
    if (!queue.length || isBusy && isEnd !== true) return;
    const batch = queue.splice(0, 40);
    const body = JSON.stringify({ batch, sentAt: new Date, writeKey: key });
    // Nobody is told whether a beacon arrived: the next page sends what is kept again, under the same ids.
    if (isEnd === true && navigator.sendBeacon(to, body)) return flush(true);
    isBusy = true;
    fetch(to, { method: "POST", body, keepalive: body.length < 6e4, credentials: "omit" }).then(({ status }) => {
      if (status == 429 || status > 499) throw status;
      batch.forEach(done);
      wait = 1e3;
    }).catch(() => {
      queue.unshift(...batch.filter(({ anonymousId }) => anonymousId));
      wait = Math.min(2 * wait, IDLE);
    }).finally(() => {
      isBusy = false;
      if (queue.length) later(wait);
    });
  };

  // --- messages, as Segment has them ---
  let place, campaign, source, isAd, sign, marks = [];
  const message = (type, { context, ...more }) => ({
    type, messageId: uuid(), timestamp: new Date, ...more,
    context: { page: place, campaign, marks, userAgent: navigator.userAgent, ...context },
  });
  const send = (type, more) => take(message(type, more));
  const track = (event, properties) => send("track", { event, properties });
  const take = message => {
    const now = state(), { context, event } = message;
    if (now == "pending") return held.length < MOST && held.push(message);
    if (now == "denied") return count(message);
    const isPage = message.type == "page", isAdClick = event == "Ad Clicked";
    if (isPage || !kept.visit) begin();
    const { visit } = kept;
    if (isAdClick && visit.ad) return;
    Object.assign(visit, { at: Date.now(), pages: visit.pages + isPage, ad: visit.ad || isAdClick });
    kept.id ||= uuid();
    kept.at ||= visit.at;
    save();
    const identified = { userId: kept.user, ...message, anonymousId: kept.id };
    add({ ...identified, context: { ...context, consent: now, sessionId: visit.id } }, true);
  };
  // A page view begins another visit after half an hour of silence, from another campaign or site, and, where the site
  // wants it, on another day.
  const begin = () => {
    const at = Date.now(), day = site.midnight && new Date().toDateString(), last = kept.visit || {};
    const isAnother = source && source != last.source || day != last.day;
    if (isAnother || !(at - last.at < 30 * MINUTE)) kept.visit = { id: uuid(), at, day, source, pages: 0 };
  };
  // The page, the campaign and the site they came from: nobody's id, not even an advertiser's.
  const count = ({ type, event, messageId, timestamp, context: { page: { path, url, referrer }, ...context } }) => {
    if (!site.counts || type != "page" && type != "track") return;
    const page = { path, url: url.replace(/(i[dk]=)[^&]*/gi, "$11"), referrer: referrer.replace(/(\w\/).*/, "$1") };
    add({ type, event, messageId, timestamp, context: { ...context, page, consent: "denied" } });
  };
  const host = url => (url.match(/^https?:\/\/(?:www\.)?([^/]+)/) || [])[1];
  // Of the query only campaigns and the ids of clicks on ads are told.
  const look = referrer => {
    const url = new URL(location.pathname, location), from = host(referrer);
    campaign = {};
    source = isAd = "";
    new URLSearchParams(location.search).forEach((value, name) => {
      const isUtm = name.startsWith("utm_");
      if (name == "baton") sign = value;
      if (!isUtm && !CLICK_IDS.test(name)) return;
      url.searchParams.set(name, value);
      if (isUtm) campaign[name == "utm_campaign" ? "name" : name.slice(4)] = value;
      source += isUtm ? value : name;
      isAd ||= isUtm ? name == "utm_medium" && PAID.test(value) : name != "fbclid";
    });
    if (from && from != host(location.href) && !site.hosts.includes(from)) source ||= from;
    place = { url: url.href, path: url.pathname, referrer: referrer.replace(/[?#].*/, ""), title: doc.title };
  };
  let isSeen = false, hasScrolled, hasMoved;
  const page = (name, properties) => {
    if (isSeen) leave(true), look(place.url);
    isSeen = true;
    hasScrolled = hasMoved = false;
    send("page", { name, properties });
    if (isAd) track("Ad Clicked");
  };

  // --- time: seen, with the focus, and somebody there ---
  let since = 0, spent = 0, total = 0;
  const tick = () => {
    const now = performance.now();
    if (since) spent += Math.min(now - since, IDLE);
    since = !doc.hidden && doc.hasFocus() ? now : 0;
  };
  const forms = new Map;
  const leave = isEnd => {
    tick();
    const seconds = Math.round(spent / 1e3);
    if (seconds >= (isEnd ? 1 : 5)) {
      total += seconds;
      spent = 0;
      track("Time Spent", { seconds });
    }
    if (!isEnd) return;
    forms.forEach(form => track("Form Abandoned", { form }));
    forms.clear();
    if (isAd && !hasMoved && total < 10 && (kept.visit || {}).pages == 1) track("Ad Bounced");
    total = 0;
  };

  // --- what is done on a page ---
  const click = ({ target, button }) => {
    if (button > 1) return;
    const marked = target.closest("[data-baton]"), link = target.closest("a[href]");
    if (marked) track(marked.dataset.baton);
    if (!link || !link.pathname) return;
    const { href, pathname, download } = link, url = href.replace(/[?#].*/, ""), isOut = link.host != location.host;
    hasMoved = true;
    if (link.hasAttribute("download") || FILES.test(pathname)) {
      track("File Downloaded", { url, file: link.dataset.batonAsset || download || pathname.split("/").pop() });
    } else if (isOut) track("Link Clicked", { url });
  };
  const type = ({ target: { form } }) => {
    if (!form || forms.has(form) || form.querySelector("[type=password],[type=search]")) return;
    const name = form.getAttribute("id") || form.getAttribute("name") || new URL(form.action).pathname;
    forms.set(form, name);
    track("Form Started", { form: name });
  };
  const scroll = () => {
    if (hasScrolled || innerHeight + scrollY < doc.documentElement.scrollHeight - 40) return;
    hasScrolled = true;
    track("Scrolled To End");
  };
  const change = () => setTimeout(() => location.pathname != place.path && page(), 50);

  // --- what pages call ---
  const baton = {
    track, page, consent,
    identify: (user, traits, options) => {
      if (user && typeof user == "object") [user, traits, options] = [undefined, user, traits];
      if (state() == "denied") return;
      // Another person at the same browser.
      if (user && kept.user && user != kept.user) baton.reset();
      kept.user = user || kept.user;
      send("identify", { userId: user, traits, context: { token: options && options.token } });
    },
    group: (groupId, traits) => send("group", { groupId, traits }),
    reset: () => {
      const isKept = state() == "granted";
      held = [];
      kept = { consent: kept.consent, at: kept.at };
      if (isKept) save();
    },
    visitor: () => state() == "granted" ? kept.id : undefined,
    push: (...calls) => calls.forEach(([name, ...said]) => baton[name](...said)),
  };

  const start = () => {
    const early = window.baton || [];
    if (early.visitor) return;
    window.baton = baton;
    if (navigator.webdriver) marks.push("webdriver");
    if (state() == "granted") storage(store => keys(store).forEach(key => {
      const message = JSON.parse(store.getItem(key)), isOld = !(Date.parse(message.timestamp) > Date.now() - DAY);
      if (key != KEY) isOld ? store.removeItem(key) : queue.push(message);
    }));
    else if (kept.id) forget();
    look(doc.referrer);
    baton.push(...early);
    if (!isSeen) page();
    // Who came by a link of our mail: said once, and out of the address.
    if (sign) {
      history.replaceState(history.state, "", location.href.replace(/baton=[^&#]*&?/, ""));
      send("identify", { context: { token: sign } });
    }
    tick();
    // In a task of its own, so that neither keeps the page waiting.
    setTimeout(listen);
  };
  const listen = () => {
    on("focus blur pointerdown keydown scroll visibilitychange", tick);
    on("click auxclick", click);
    on("input", type);
    on("submit", ({ target }) => { hasMoved = forms.delete(target) || hasMoved; });
    on("scroll", scroll);
    on("online", flush);
    on("popstate", change);
    on("pageshow", ({ persisted }) => persisted && page());
    on("storage", ({ key, newValue }) => {
      if (key != KEY) return;
      if (!newValue) told = "denied";
      settle();
    });
    on("visibilitychange", () => { if (doc.hidden) leave(), flush(true); });
    on("pagehide", () => {
      leave(true);
      if (state() == "pending") held.splice(0).forEach(count);
      flush(true);
    });
    ["pushState", "replaceState"].forEach(name => {
      const act = history[name];
      history[name] = function (...said) {
        act.apply(this, said);
        change();
      };
    });
    // No person sees this link; what follows it is a program.
    const trap = doc.createElement("a");
    trap.href = "#";
    trap.hidden = true;
    on("click", () => marks.push("hidden_link"), trap);
    (doc.body || doc.documentElement).append(trap);
  };
  doc.prerendering ? on("prerenderingchange", start, doc) : start();
})
