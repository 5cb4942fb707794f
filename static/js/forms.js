/* Forms: sent once, unsaved text warned of, errors reached from the summary, files dropped in.
   Every POST form is guarded against a second click; data-repeatable lets it be sent again (downloads, settings).
   form[data-unsaved]; input[data-suggests]; [data-field="id"] links of the error summary; [data-drop-zone] with an optional data-max-mb on
   its input. */
(function () {
  "use strict";
  const { ready, all, announce } = window.portal;
  let leaving = false;

  /* ---- Unsaved text. What the form held when the page came is compared with what it holds now, so a change taken
     back does not warn; a form that came back with errors counts as unsaved. */
  function state(form) {
    const parts = [];
    new FormData(form).forEach((value, name) => {
      if (name !== "csrfmiddlewaretoken") parts.push(name + "=" + (value.name !== undefined ? value.name : value));
    });
    return parts.join("\n");
  }
  const watched = new Map();
  ready((root) => all(root, "form[data-unsaved]").forEach((form) => {
    watched.set(form, form.querySelector(".has-error") || "restored" in form.dataset ? null : state(form));
  }));
  window.addEventListener("beforeunload", (event) => {
    if (leaving) return;
    for (const [form, before] of watched) {
      if (form.isConnected && state(form) !== before) {
        event.preventDefault();
        event.returnValue = "";
        window.setTimeout(sendAgain, 0);   // runs only if one decides to stay
        return;
      }
    }
  });
  window.portal.leave = () => { leaving = true; };
  window.portal.formState = state;

  /* ---- Suggestions: input[list][data-suggests="address"]; the page there holds the same datalist, asked with q. */
  let pause = 0;
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.dataset || !field.dataset.suggests || event.inputType === "insertReplacementText") return;
    window.clearTimeout(pause);
    pause = window.setTimeout(() => {
      const list = "#" + field.getAttribute("list");
      window.htmx.ajax("GET", field.dataset.suggests + "?q=" + encodeURIComponent(field.value.trim().slice(0, 40)),
        { target: list, select: list, swap: "outerHTML", source: field });
    }, 300);
  });

  /* ---- Sent once. The button is not disabled, or its name and value would not be sent. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      announce("正在处理，请稍候");
      return;
    }
    if (!("repeatable" in form.dataset)) {
      form.dataset.sent = "1";
      if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
      announce("正在提交");
    }
    if (watched.has(form)) leaving = true;
  });
  function sendAgain() {
    leaving = false;
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
    });
  }
  window.addEventListener("pageshow", (event) => { if (event.persisted) sendAgain(); });

  /* ---- From the error summary into the field. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-field]");
    if (!link) return;
    const place = document.getElementById("div_" + link.dataset.field);
    const control = document.getElementById(link.dataset.field)
      || (place && place.querySelector("input, select, textarea"));
    if (!control) return;
    event.preventDefault();
    (place || control).scrollIntoView({ block: "center" });
    (control.matches("input, select, textarea") ? control : control.querySelector("input, select, textarea")).focus();
  });

  /* ---- Files */
  function size(bytes) {
    return bytes < 1048576 ? Math.max(1, Math.round(bytes / 1024)) + " KB" : (bytes / 1048576).toFixed(1) + " MB";
  }
  function chosen(zone, input) {
    const words = zone.querySelector("[data-drop-chosen]");
    const files = Array.from(input.files);
    words.hidden = !files.length;
    words.classList.remove("wrong");
    if (!files.length) return;
    words.textContent = "已选：" + files.map((file) => file.name + "（" + size(file.size) + "）").join("、");
    const limit = Number(input.dataset.maxMb || 0);
    const most = Number(input.dataset.maxFiles || 0);
    const large = limit && files.find((file) => file.size > limit * 1048576);
    if (large) {
      words.textContent = "“" + large.name + "”有 " + size(large.size) + "，超过 " + limit + " MB 的上限，请拆分后再选";
    } else if (most && files.length > most) {
      words.textContent = "选了 " + files.length + " 个文件，一次最多 " + most + " 个，请分几次上传";
    } else {
      return;
    }
    words.classList.add("wrong");
    input.value = "";
  }
  function take(input, files) {
    const kept = new DataTransfer();
    if (input.multiple) Array.from(input.files).forEach((file) => kept.items.add(file));
    Array.from(files).slice(0, input.multiple ? files.length : 1).forEach((file) => kept.items.add(file));
    input.files = kept.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
  ready((root) => all(root, "[data-drop-zone]").forEach((zone) => {
    const input = zone.querySelector("input[type=file]");
    if (!input) return;
    input.addEventListener("change", () => chosen(zone, input));
    ["dragenter", "dragover"].forEach((name) => zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    }));
    ["dragleave", "drop"].forEach((name) => zone.addEventListener(name, () => zone.classList.remove("is-over")));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) take(input, event.dataTransfer.files);
    });
    if (input.multiple) {
      document.addEventListener("paste", (event) => {
        if (zone.isConnected && event.clipboardData.files.length) take(input, event.clipboardData.files);
      });
    }
  }));
})();
