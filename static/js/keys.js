/* Single keys: / search, Ctrl+K search over everything (palette.js), j k rows, x pick, ? help, and [data-key="n"] for a
   page's own buttons. Escape in a form clicks its own way out ([data-escape]).
   html[data-shortcuts="off"] switches the single ones off (WCAG 2.1.4); Ctrl+K stays. */
(function () {
  "use strict";

  function typing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
      && !/^(checkbox|radio|button|submit)$/.test(target.type);
  }

  function rows() {
    return Array.from(document.querySelectorAll("table[data-rows] tbody tr")).filter((row) => row.querySelector("a, input"));
  }

  function step(by) {
    const list = rows();
    if (!list.length) return;
    const here = list.findIndex((row) => row.contains(document.activeElement));
    const next = list[Math.min(list.length - 1, Math.max(0, here === -1 ? (by > 0 ? 0 : list.length - 1) : here + by))];
    (next.querySelector("td a, th a") || next.querySelector("input")).focus();
    next.scrollIntoView({ block: "nearest" });
  }

  function search() {
    const field = Array.from(document.querySelectorAll("[data-search-focus], #menu-search")).find((item) => item.offsetParent);
    if (field) { field.focus(); field.select(); } else { document.querySelector("[data-menu-button]")?.click(); }
  }

  /* What ? shows: lines for what this page has, and the page's own buttons by their words. */
  function tell() {
    const help = document.getElementById("key-help");
    if (!help) return;
    help.querySelectorAll("[data-when]").forEach((line) => { line.hidden = !document.querySelector(line.dataset.when); });
    const own = help.querySelector("[data-own-keys]");
    own.replaceChildren(...Array.from(document.querySelectorAll("[data-key]"), (button) => {
      const line = document.createElement("div");
      const key = document.createElement("kbd");
      key.textContent = button.dataset.key;
      line.append(document.createElement("dt"), document.createElement("dd"));
      line.firstChild.append(key);
      line.lastChild.textContent = button.textContent.trim();
      return line;
    }));
    own.hidden = !own.children.length;
  }
  window.portal.ready(tell);

  const KEYS = {
    "/": search,
    "j": () => step(1),
    "k": () => step(-1),
    "x": () => document.activeElement.closest("tr")?.querySelector("[data-select-row]")?.click(),
    "?": () => document.getElementById("key-help")?.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
      const way = event.target.closest("form")?.querySelector("[data-escape]");
      if (way) { event.preventDefault(); way.click(); return; }
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (window.portal.openPalette) window.portal.openPalette(); else search();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.documentElement.dataset.shortcuts === "off" || document.querySelector("dialog[open]")) return;
    const own = /^[a-z]$/.test(event.key) ? document.querySelector('[data-key="' + event.key + '"]') : null;
    const act = own ? () => own.click() : KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
