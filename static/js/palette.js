/* The search over everything: Ctrl+K or [data-palette] opens #palette, arrows choose, Enter opens, Escape closes.
   The field keeps the focus; the chosen entry is told by aria-activedescendant. */
(function () {
  "use strict";
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const field = dialog.querySelector("[role=combobox]");
  const results = document.getElementById("palette-results");

  function entries() { return Array.from(results.querySelectorAll("[role=option]")); }

  function choose(entry) {
    entries().forEach((each) => each.setAttribute("aria-selected", String(each === entry)));
    if (entry) {
      field.setAttribute("aria-activedescendant", entry.id);
      entry.scrollIntoView({ block: "nearest" });
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  }

  function chosen() { return results.querySelector('[aria-selected="true"]'); }

  function open() {
    if (dialog.open || document.querySelector("dialog[open]")) return;
    dialog.showModal();
    field.select();
    field.focus();
    field.dispatchEvent(new Event("palette-open"));
  }

  function step(by) {
    const list = entries();
    if (!list.length) return;
    choose(list[(list.indexOf(chosen()) + by + list.length) % list.length]);
  }

  /* Composing Chinese, Enter and the arrows belong to the input method. */
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      (chosen() || entries()[0])?.click();
    }
  });
  results.addEventListener("htmx:afterSwap", () => choose(entries()[0]));
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette]")) return;
    event.preventDefault();
    open();
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  window.portal.openPalette = open;
})();
