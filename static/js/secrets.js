/* A private value that was shown can be copied, and hides itself: after its seconds, when the tab is left, and by its
   button. [data-reveal="60"] with data-mask and data-label, inside .secret. */
(function () {
  "use strict";
  const { ready, all, announce } = window.portal;

  function hide(value) {
    if (!("reveal" in value.dataset)) return;
    const box = value.closest(".secret");
    value.textContent = value.dataset.mask;
    value.classList.remove("secret-shown");
    delete value.dataset.reveal;
    box.querySelectorAll("[data-hide], [data-copy]").forEach((button) => button.remove());
    const again = box.querySelector("details");
    if (again) {
      again.hidden = false;
      again.open = false;
    }
    announce(value.dataset.label + "已遮盖");
  }

  /* The clipboard's own interface is there on https only; the portal may run on plain http inside an office. */
  function copy(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "visually-hidden";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done ? Promise.resolve() : Promise.reject(new Error("not copied"));
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
    const taker = document.createElement("button");
    taker.type = "button";
    taker.className = "link-button";
    taker.dataset.copy = "";
    taker.textContent = "复制";
    taker.setAttribute("aria-label", "复制" + value.dataset.label);
    taker.addEventListener("click", () => copy(value.textContent.trim()).then(
      () => { taker.textContent = "已复制"; announce(value.dataset.label + "已复制"); },
      () => { taker.textContent = "没有复制成"; },
    ));
    value.after(taker, button);
    if (root !== document) button.focus();
    window.setTimeout(() => hide(value), Number(value.dataset.reveal) * 1000);
  }));

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) document.querySelectorAll("[data-reveal]").forEach(hide);
  });
  window.addEventListener("pagehide", () => document.querySelectorAll("[data-reveal]").forEach(hide));
})();
