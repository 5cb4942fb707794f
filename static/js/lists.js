/* Lists: sticky head when the table fits, rows picked one by one, in a range (Shift) or all that match, columns moved
   up and down.
   [data-fits]; table[data-select-list] with [data-select-all] [data-select-row]; form[data-selection]
   with [data-pick-matching] [data-pick-none] [data-needs-pick]; [data-column-list]. */
(function () {
  "use strict";
  const { ready, all, announce } = window.portal;

  /* ---- A table that fits needs no scrolling box, and then its head can stick to the page. */
  const watcher = new ResizeObserver((entries) => entries.forEach((entry) => fit(entry.target)));
  function fit(box) {
    box.classList.remove("fits");
    const fits = box.scrollWidth <= box.clientWidth + 1;
    box.classList.toggle("fits", fits);
    if (fits) {
      box.removeAttribute("tabindex");
      box.removeAttribute("role");
      box.removeAttribute("aria-label");
    } else {
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", "列表，可左右滚动");
    }
  }
  ready((root) => all(root, "[data-fits]").forEach((box) => watcher.observe(box)));

  /* ---- Picking rows */
  let last = null;

  function boxes() {
    return Array.from(document.querySelectorAll("[data-select-list] [data-select-row]"));
  }

  function show(form) {
    const list = boxes();
    const picked = list.filter((box) => box.checked);
    list.forEach((box) => box.closest("tr").classList.toggle("is-selected", box.checked));
    const head = document.querySelector("[data-select-all]");
    if (head) {
      head.checked = list.length > 0 && picked.length === list.length;
      head.indeterminate = picked.length > 0 && picked.length < list.length;
    }
    if (!form) return;
    const every = form.querySelector("[data-pick-matching]");
    const any = picked.length > 0 || every.checked;
    form.classList.toggle("is-active", any);
    form.querySelector("[data-picked-count]").textContent = every.checked
      ? "已选全部 " + form.dataset.total : "已选 " + picked.length + " " + form.dataset.unit;
    form.querySelector("[data-pick-none]").hidden = !any;
    form.querySelectorAll("[data-needs-pick]").forEach((button) => button.setAttribute("aria-disabled", String(!any)));
  }

  function bar() { return document.querySelector("form[data-selection]"); }

  /* A row taken out again: not everybody any more. */
  function fewer() {
    const every = bar() && bar().querySelector("[data-pick-matching]");
    if (every) every.checked = false;
  }

  function mark(checked) {
    boxes().forEach((item) => { item.checked = checked; });
  }

  document.addEventListener("click", (event) => {
    const box = event.target.closest("[data-select-row]");
    if (box) {
      const list = boxes();
      const from = list.indexOf(last);
      if (event.shiftKey && from > -1) {
        const to = list.indexOf(box);
        list.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((item) => { item.checked = box.checked; });
      }
      last = box;
      if (!box.checked) fewer();
      show(bar());
      return;
    }
    const head = event.target.closest("[data-select-all]");
    if (head) {
      mark(head.checked);
      if (!head.checked) fewer();
      show(bar());
      return;
    }
    const matching = event.target.closest("[data-pick-matching]");
    if (matching) {
      mark(matching.checked);
      show(bar());
      if (matching.checked) announce("已选" + matching.closest("label").textContent);
      return;
    }
    if (event.target.closest("[data-pick-none]")) {
      mark(false);
      fewer();
      show(bar());
      return;
    }
    const button = event.target.closest("[data-needs-pick]");
    if (button && button.getAttribute("aria-disabled") === "true") {
      event.preventDefault();
      announce("请先选中要办理的行", true);
    }
  });
  ready(() => { if (document.querySelector("[data-select-list]")) show(bar()); });

  /* ---- The list for the printer */
  ready((root) => all(root, "[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }));

  /* ---- Columns moved within the chooser; the form sends them in this order. */
  ready((root) => {
    all(root, "[data-column-list]").forEach((list) => {
      let held = null;
      list.querySelectorAll("li").forEach((row) => { row.draggable = true; });
      list.addEventListener("dragstart", (event) => {
        held = event.target.closest("li");
        event.dataTransfer.effectAllowed = "move";
      });
      list.addEventListener("dragover", (event) => {
        const over = event.target.closest("li");
        if (!held || !over) return;
        event.preventDefault();
        const box = over.getBoundingClientRect();
        list.insertBefore(held, event.clientY < box.y + box.height / 2 ? over : over.nextElementSibling);
      });
      list.addEventListener("dragend", () => { held = null; });
      list.querySelectorAll("[data-move]").forEach((button) => {
        button.hidden = false;
        button.addEventListener("click", () => {
          const row = button.closest("li");
          if (button.dataset.move === "up" && row.previousElementSibling) {
            list.insertBefore(row, row.previousElementSibling);
          } else if (button.dataset.move === "down" && row.nextElementSibling) {
            list.insertBefore(row.nextElementSibling, row);
          }
          button.focus();
          announce("第 " + (Array.from(list.children).indexOf(row) + 1) + " 列");
        });
      });
    });
  });
})();
