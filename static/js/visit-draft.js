/* The form of a visit is kept in this browser until it has been sent: a phone in a stairwell has no network.
   [data-visit-draft="user"] is the place for the word about it, data-probe an address that answers when the portal can
   be reached. The form's token is kept along, so that sending twice logs once. Pictures are not kept; the word says so.
   A page with [data-visit-saved="token"] says that it arrived. */
(function () {
  "use strict";
  const { ready, all } = window.portal;
  const MARK = "visit-draft:";
  const NEVER = ["csrfmiddlewaretoken"];

  function store() {
    try { return window.localStorage; } catch (refused) { return null; }
  }
  function drafts() {
    const kept = store();
    return kept ? Object.keys(kept).filter((key) => key.startsWith(MARK)) : [];
  }
  function read(key) {
    try { return JSON.parse(store().getItem(key)); } catch (broken) { return null; }
  }
  function forget(keys) {
    keys.forEach((key) => store().removeItem(key));
  }

  function start(place) {
    const form = place.parentElement.querySelector("form[data-unsaved]");
    const word = place.querySelector("[data-visit-draft-word]");
    if (!form || !store()) return;
    const key = MARK + place.dataset.visitDraft + ":" + window.location.pathname;
    let waiting = false;
    let allowed = false;

    function say(text, kind) {
      word.textContent = text;
      place.classList.toggle("is-look", kind === "look");
      place.hidden = !text;
    }
    function values() {
      return Array.from(form.elements)
        .filter((field) => field.name && field.type !== "file" && field.type !== "submit" && !NEVER.includes(field.name))
        .filter((field) => !["radio", "checkbox"].includes(field.type) || field.checked)
        .filter((field) => field.tagName !== "FIELDSET")
        .map((field) => [field.name, field.value]);
    }
    function keep() {
      try {
        store().setItem(key, JSON.stringify({ values: values(), at: Date.now() }));
        return true;
      } catch (full) {
        return false;
      }
    }
    function restore(kept) {
      const given = new Map();
      kept.forEach(([name, value]) => given.set(name, (given.get(name) || []).concat([value])));
      Array.from(form.elements).forEach((field) => {
        if (!field.name || field.type === "file" || NEVER.includes(field.name)) return;
        const found = given.get(field.name) || [];
        if (["radio", "checkbox"].includes(field.type)) field.checked = found.includes(field.value);
        else if (found.length) field.value = found[0];
      });
    }
    function pictures() {
      return Array.from(form.elements).some((field) => field.type === "file")
        ? "照片没有存，提交前请重新选择。" : "";
    }
    function hold() {
      waiting = true;
      delete form.dataset.sent;
      say(keep() ? "没有网络：已存在本机，未提交。网络恢复后自动提交，也可以再点“保存”。" + pictures()
        : "没有网络，本机也存不下，请不要关闭这一页。", "look");
    }
    function send() {
      window.fetch(place.dataset.probe, { cache: "no-store", redirect: "manual" })
        .then((answer) => {
          if (!answer.ok) throw new Error("not there");
          allowed = true;
          form.requestSubmit();
        })
        .catch(hold);
    }

    const kept = read(key);
    if (kept && Array.isArray(kept.values) && !document.getElementById("error-summary")) {
      restore(kept.values);
      say("已填入本机存着、还没有提交的内容。" + pictures(), "look");
    }
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
    form.addEventListener("submit", (event) => {
      if (allowed) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      keep();
      send();
    }, true);
    window.addEventListener("online", () => { if (waiting) send(); });
    const drop = place.querySelector("[data-visit-draft-drop]");
    drop.addEventListener("click", () => {
      forget([key]);
      window.location.reload();
    });
  }

  function arrived(place) {
    const token = place.dataset.visitSaved;
    forget(drafts().filter((key) => {
      const kept = read(key);
      return !kept || (kept.values || []).some(([name, value]) => name === "token" && value === token);
    }));
  }

  ready((root) => all(root, "[data-visit-draft]").forEach(start));
  ready((root) => { if (store()) all(root, "[data-visit-saved]").forEach(arrived); });

  /* Signing out leaves nothing of one's own on a shared machine. */
  document.addEventListener("submit", (event) => {
    if (store() && /\/sign-out\/?$/.test(event.target.action)) forget(drafts());
  });
})();
