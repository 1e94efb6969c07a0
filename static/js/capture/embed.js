// A form of Baton within any page: <script src=".../f/<id>/embed.js" async></script>. It draws itself into a shadow DOM of
// its own, so neither the page's styles nor its scripts meddle with it, and needs no inline script or style: the page's
// policy has to name this script's origin in script-src and connect-src, nothing else.
(() => {
  const script = document.currentScript;
  const home = new URL(".", script.src); // .../f/<id>/
  const host = document.createElement("div");
  script.after(host);
  const root = host.attachShadow({ mode: "open" });

  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === true) element.setAttribute(key, "");
      else if (value !== false && value !== null && value !== undefined && value !== "") element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child !== null && child !== ""));
    return element;
  };

  const fallBack = () => {
    root.replaceChildren(make("p", {}, make("a", { href: home.href }, script.dataset.link || "Open the form")));
  };

  const visitor = () => {
    const { visitor: tell } = window.baton || {};
    return typeof tell === "function" && tell() || "";
  };

  const ask = async (address, options) => {
    const answer = await fetch(address, { credentials: "omit", headers: { Accept: "application/json" }, ...options });
    return { status: answer.status, body: await answer.json() };
  };

  const control = (field) => {
    const shared = { id: field.id, name: field.name, required: field.required, autocomplete: field.autocomplete };
    if (field.help) shared["aria-describedby"] = `${field.id}_help`;
    if (field.kind === "select") {
      return make("select", shared, ...field.choices.map(([value, label]) => make("option", { value: value }, label)));
    }
    if (field.kind === "checkbox") return make("input", { ...shared, type: "checkbox", value: "on" });
    return make("input", { ...shared, type: field.type, maxlength: field.longest, inputmode: field.inputmode });
  };

  const choice = (field, [value, label], index) => {
    const id = `${field.id}_${index}`;
    const type = field.kind === "several" ? "checkbox" : "radio";
    return make("div", { class: "check" },
      make("input", { type, id, name: field.name, value: value }), make("label", { for: id }, label));
  };

  const draw = (field) => {
    const label = [field.label, field.required ? null : make("span", { class: "optional" }, ` ${field.optional}`)];
    const help = field.help ? make("p", { class: "b-help", id: `${field.id}_help` }, field.help) : null;
    const error = make("p", { class: "b-error", id: `${field.id}_error`, hidden: true });
    if (field.kind === "radio" || field.kind === "several") {
      return make("fieldset", { class: "field", "data-field": field.name },
        make("legend", {}, ...label), help, error, ...field.choices.map((one, index) => choice(field, one, index)));
    }
    if (field.kind === "checkbox") {
      return make("div", { class: "field", "data-field": field.name },
        make("div", { class: "check" }, control(field), make("label", { for: field.id }, field.label)), help, error);
    }
    return make("div", { class: "field", "data-field": field.name },
      make("label", { for: field.id }, ...label), help, error, control(field));
  };

  const tell = (form, errors) => {
    const unplaced = [...(errors[""] || [])];
    for (const place of form.querySelectorAll("[data-field]")) {
      const said = errors[place.dataset.field] || [];
      const error = place.querySelector(".b-error");
      error.hidden = !said.length;
      error.textContent = said.join(" ");
      place.classList.toggle("invalid", said.length > 0);
      for (const input of place.querySelectorAll("input, select")) {
        if (said.length) {
          input.setAttribute("aria-invalid", "true");
          input.setAttribute("aria-describedby", `${error.id} ${error.id.replace("_error", "_help")}`);
        } else input.removeAttribute("aria-invalid");
      }
    }
    const names = new Set([...form.querySelectorAll("[data-field]")].map((place) => place.dataset.field));
    for (const [name, said] of Object.entries(errors)) if (name && !names.has(name)) unplaced.push(...said);
    const summary = form.querySelector(".summary");
    summary.hidden = !unplaced.length;
    summary.textContent = unplaced.join(" ");
    const first = form.querySelector(".invalid input, .invalid select");
    if (first) first.focus();
    else if (unplaced.length) summary.focus();
  };

  const finish = (body) => {
    if (body.redirect) {
      location.assign(body.redirect);
      return;
    }
    const heading = make("h2", { tabindex: "-1" }, body.title);
    const told = body.message.split(/\n{2,}/).map((text) => make("p", {}, text));
    const link = body.link ? make("p", {}, make("a", { href: body.link }, body.link_label)) : null;
    const look = root.querySelector(".form").className;
    root.replaceChildren(make("div", { class: look, role: "status" }, heading, ...told, link));
    heading.focus();
  };

  const send = async (form, words) => {
    const button = form.querySelector("button");
    if (button.disabled) return;
    button.disabled = true;
    const values = new URLSearchParams();
    for (const [name, value] of new FormData(form)) values.append(name, value);
    values.set("_page", location.href.split("#")[0]);
    values.set("_visitor", visitor());
    for (const [name, value] of new URLSearchParams(location.search)) {
      if (name.startsWith("utm_") && !values.has(name)) values.append(name, value);
    }
    try {
      const { status, body } = await ask(home, { method: "POST", body: values });
      if (status === 200) return finish(body);
      if (body.shown) form.elements[words.mark].value = body.shown;
      tell(form, body.errors || { "": [words.failed] });
    } catch {
      tell(form, { "": [words.failed] });
    }
    button.disabled = false;
  };

  const show = (described) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(described.style);
    root.adoptedStyleSheets = [sheet];
    const form = make("form", { class: `form ${described.look}`, action: home.href, method: "post", novalidate: true },
      make("h2", {}, described.title),
      ...described.intro.split(/\n{2,}/).filter(Boolean).map((text) => make("p", {}, text)),
      make("p", { class: "summary", role: "alert", tabindex: "-1", hidden: true }),
      ...described.fields.map(draw),
      make("div", { class: "empty", "aria-hidden": "true" },
        make("input", { name: described.honeypot, tabindex: "-1", autocomplete: "off", "aria-label": described.honeypot })),
      ...described.hidden.map(([name, value]) => make("input", { type: "hidden", name, value })),
      make("button", { type: "submit" }, described.button));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form, described);
    });
    root.replaceChildren(form);
  };

  const start = async () => {
    const address = new URL("questions.json", home);
    if (visitor()) address.searchParams.set("visitor", visitor());
    try {
      const { status, body } = await ask(address);
      if (status === 200) show(body);
      else fallBack();
    } catch {
      fallBack();
    }
  };
  start();
})();
