/* A private value that was shown hides itself: after its seconds, when the tab is left, and by its button.
   [data-reveal="60"] with data-mask and data-label, inside .secret. */
(function () {
  "use strict";
  const { ready, all, announce } = window.portal;

  function hide(value) {
    if (!("reveal" in value.dataset)) return;
    const box = value.closest(".secret");
    value.textContent = value.dataset.mask;
    value.classList.remove("secret-shown");
    delete value.dataset.reveal;
    box.querySelector("[data-hide]")?.remove();
    const again = box.querySelector("details");
    if (again) {
      again.hidden = false;
      again.open = false;
    }
    announce(value.dataset.label + "已遮盖");
  }

  ready((root) => all(root, "[data-reveal]").forEach((value) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link-button";
    button.dataset.hide = "";
    button.textContent = "遮盖";
    button.setAttribute("aria-label", "遮盖" + value.dataset.label);
    button.addEventListener("click", () => {
      hide(value);
      value.closest(".secret").querySelector("summary")?.focus();
    });
    value.after(button);
    if (root !== document) button.focus();
    window.setTimeout(() => hide(value), Number(value.dataset.reveal) * 1000);
  }));

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) document.querySelectorAll("[data-reveal]").forEach(hide);
  });
  window.addEventListener("pagehide", () => document.querySelectorAll("[data-reveal]").forEach(hide));
})();
