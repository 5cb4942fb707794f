/* The frame: menu drawer, drops that close by themselves, dialogs.
   [data-menu-button] [data-menu-close]; details[data-drop]; a[data-dialog="id"] [data-dialog-close]. */
(function () {
  "use strict";
  const { ready, all } = window.portal;

  /* ---- Menu drawer: without script the button is a link to #menu and :target opens it. */
  ready((root) => {
    if (root !== document) return;
    const menu = document.getElementById("menu");
    const button = document.querySelector("[data-menu-button]");
    if (!menu || !button) return;
    const main = document.getElementById("main");
    button.setAttribute("role", "button");
    button.setAttribute("aria-controls", "menu");
    button.setAttribute("aria-expanded", "false");

    /* The menu is longer than most screens: the page one is on is to be seen in it. */
    const here = menu.querySelector("[aria-current]");
    const body = here && here.closest(".menu-body");
    if (body) body.scrollTop = here.offsetTop - body.clientHeight / 2;

    function show(open) {
      menu.classList.toggle("is-open", open);
      button.setAttribute("aria-expanded", String(open));
      main.inert = open;
      if (open) {
        (menu.querySelector("[aria-current]") || menu.querySelector("a")).focus();
      } else {
        button.focus();
      }
    }
    button.addEventListener("click", (event) => {
      event.preventDefault();
      show(!menu.classList.contains("is-open"));
    });
    button.addEventListener("keydown", (event) => {
      if (event.key === " ") { event.preventDefault(); button.click(); }
    });
    document.querySelectorAll("[data-menu-close]").forEach((closer) => closer.addEventListener("click", (event) => {
      event.preventDefault();
      show(false);
    }));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && menu.classList.contains("is-open")) show(false);
    });
    window.addEventListener("resize", () => {
      if (menu.classList.contains("is-open") && getComputedStyle(button).display === "none") {
        menu.classList.remove("is-open");
        main.inert = false;
      }
    });
  });

  /* ---- Drops: one open at a time, closed by Escape and by a click elsewhere. */
  function closeDrops(except) {
    document.querySelectorAll("details[data-drop][open]").forEach((drop) => {
      if (!except || !drop.contains(except)) drop.open = false;
    });
  }
  document.addEventListener("click", (event) => closeDrops(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const drop = document.activeElement && document.activeElement.closest("details[data-drop][open]");
    closeDrops(null);
    if (drop) drop.querySelector("summary").focus();
  });

  /* ---- Dialogs: without script the link's target shows them in place. */
  ready((root) => {
    all(root, "[data-dialog]").forEach((opener) => {
      opener.setAttribute("aria-haspopup", "dialog");
      opener.addEventListener("click", (event) => {
        const dialog = document.getElementById(opener.dataset.dialog);
        if (!dialog) return;
        event.preventDefault();
        closeDrops(null);
        dialog.showModal();
      });
    });
    all(root, "[data-dialog-close]").forEach((closer) => closer.addEventListener("click", (event) => {
      event.preventDefault();
      closer.closest("dialog").close();
    }));
  });
})();
