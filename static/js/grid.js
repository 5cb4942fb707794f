/* The quick grid: table[data-grid], rows with data-person, data-version, data-save, data-undo, cells [data-cell].
   A changed cell is saved when it is left, by Enter too (next row), Shift+Enter (row above), arrows up and down;
   Escape puts back what is stored, Ctrl+Z takes the last saving of the cell back. What somebody else saved meanwhile
   is shown beside what was typed. A block of cells from a spreadsheet goes to a page that shows what it would do. */
(function () {
  "use strict";
  const { ready, all, announce, failed } = window.portal;

  function headers() { return JSON.parse(document.body.getAttribute("hx-headers") || "{}"); }
  function seenOn() { const field = document.getElementById("seen_on"); return field ? field.value : ""; }
  function row(cell) { return cell.closest("tr"); }
  function name(cell) { return cell.getAttribute("aria-label"); }

  function word(cell, kind) {
    const box = cell.parentElement;
    box.querySelectorAll(".cell-word").forEach((old) => old.remove());
    if (!kind) return null;
    const line = document.createElement("div");
    line.className = "cell-word " + kind;
    box.append(line);
    return line;
  }
  function button(label, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "link-button";
    made.textContent = label;
    made.addEventListener("click", act);
    return made;
  }
  function settle(cell, answer) {
    row(cell).dataset.version = answer.version;
    if (answer.secret) {
      cell.value = "";
      cell.placeholder = answer.shown;
    } else {
      cell.value = answer.shown;
    }
    cell.dataset.stored = cell.value;
    delete cell.dataset.sent;
  }

  function post(address, values) {
    return window.fetch(address, { method: "POST", headers: headers(), body: new URLSearchParams(values), redirect: "manual" })
      .then((answer) => answer.headers.get("Content-Type") === "application/json"
        ? answer.json().then((found) => ({ status: answer.status, found: found }))
        : { status: answer.status, found: { error: "没有存上，请刷新页面后再试" } });
  }

  /* One request of a row at a time: the version of the next is that of the last answer. */
  const waiting = new Map();
  function inTurn(line, act) {
    const turn = (waiting.get(line) || Promise.resolve()).then(act).catch(() => failed("网络没有连上，刚才的一格没有存上"));
    waiting.set(line, turn);
    return turn;
  }

  function save(cell, version) {
    const typed = cell.value;
    if (!version && (typed === cell.dataset.stored || typed === cell.dataset.sent)) return;
    cell.dataset.sent = typed;   // Enter saves, and leaving the cell would save once more
    const line = row(cell);
    inTurn(line, () => post(line.dataset.save, {
      name: cell.dataset.cell, value: typed, version: version || line.dataset.version, seen_on: seenOn(),
    }).then((answer) => {
      if (answer.status === 409) return clash(cell, typed, answer.found);   // asked until one is picked
      if (answer.status !== 200) {
        delete cell.dataset.sent;
        word(cell, "wrong").textContent = answer.found.error;
        cell.setAttribute("aria-invalid", "true");
        announce(name(cell) + "：" + answer.found.error, true);
        return;
      }
      cell.removeAttribute("aria-invalid");
      settle(cell, answer.found);
      if (!answer.found.change_set) { word(cell, ""); return; }
      cell.dataset.changeSet = answer.found.change_set;
      word(cell, "done").append("已存", button("撤销", () => undo(cell)));
      announce(name(cell) + "已保存");
    }));
  }

  function clash(cell, typed, found) {
    const line = word(cell, "look");
    line.setAttribute("role", "alert");
    line.append(found.who + "已改为“" + found.theirs + "”，您填的是“" + found.mine + "”");
    line.append(button("用对方的", () => { settle(cell, found); word(cell, ""); cell.focus(); }));
    line.append(button("用我的", () => { cell.value = typed; save(cell, found.version); cell.focus(); }));
  }

  function undo(cell) {
    const key = cell.dataset.changeSet;
    if (!key) return;
    delete cell.dataset.changeSet;
    const line = row(cell);
    inTurn(line, () => post(line.dataset.undo, { change_set: key }).then((answer) => {
      if (answer.status !== 200) {
        word(cell, "wrong").textContent = answer.found.error;
        return;
      }
      settle(cell, answer.found);
      word(cell, "done").textContent = "已撤销";
      announce(name(cell) + "已撤销");
      cell.focus();
    }));
  }

  function move(cell, down, right) {
    const lines = Array.from(cell.closest("tbody").rows);
    const line = lines[lines.indexOf(row(cell)) + down];
    if (!line) return;
    const cells = all(line, "[data-cell]");
    const target = cells[all(row(cell), "[data-cell]").indexOf(cell) + right];
    if (target) { target.focus(); if (target.select) target.select(); }
  }

  function keys(event) {
    const cell = event.target.closest("[data-cell]");
    if (!cell || event.isComposing) return;
    const isText = cell.tagName === "INPUT";
    if (event.key === "Enter") {
      event.preventDefault();
      save(cell);
      move(cell, event.shiftKey ? -1 : 1, 0);
    } else if (isText && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      move(cell, event.key === "ArrowDown" ? 1 : -1, 0);
    } else if (isText && event.key === "ArrowRight" && cell.selectionStart === cell.value.length) {
      move(cell, 0, 1);
    } else if (isText && event.key === "ArrowLeft" && cell.selectionEnd === 0) {
      move(cell, 0, -1);
    } else if (event.key === "Escape") {
      cell.value = cell.dataset.stored;
      word(cell, "");
    } else if (event.key === "z" && (event.ctrlKey || event.metaKey) && cell.value === cell.dataset.stored && cell.dataset.changeSet) {
      event.preventDefault();
      undo(cell);
    }
  }

  function pasted(event) {
    const cell = event.target.closest("[data-cell]");
    const text = event.clipboardData ? event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "") : "";
    if (!cell || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const lines = Array.from(cell.closest("tbody").rows);
    const first = lines.indexOf(row(cell));
    const column = all(row(cell), "[data-cell]").indexOf(cell);
    const block = [];
    let out = 0;   // cells with text that fall beyond the last row or column
    text.split("\n").forEach((part, down) => {
      const line = lines[first + down];
      const cells = line ? all(line, "[data-cell]") : [];
      part.split("\t").forEach((typed, right) => {
        const target = cells[column + right];
        if (!typed.trim()) return;
        if (!target) {
          out += 1;
        } else {
          block.push([Number(line.dataset.person), Number(line.dataset.version), target.dataset.cell, typed.trim()]);
        }
      });
    });
    const form = document.getElementById("grid-paste");
    form.elements.cells.value = JSON.stringify(block);
    form.elements.out.value = out;
    window.portal.leave();
    form.submit();
  }

  ready((root) => all(root, "table[data-grid]").forEach((table) => {
    all(table, "[data-cell]").forEach((cell) => { cell.dataset.stored = cell.value; });
    table.addEventListener("change", (event) => {
      const cell = event.target.closest("[data-cell]");
      if (cell) save(cell);
    });
    table.addEventListener("keydown", keys);
    table.addEventListener("paste", pasted);
  }));
})();
