/* Long forms are kept on the server while one types: form[data-draft] names the address, data-draft-form and
   data-draft-about what it is about. Every 20 seconds, and when the page is left, if something has changed; the word
   about it stands in [data-draft-status]. Without script nothing is kept, and the form works as ever. */
(function () {
  "use strict";
  const { ready, all, formState } = window.portal;
  const EVERY = 20000;

  function start(form) {
    const place = form.querySelector("[data-draft-status]");
    let kept = formState(form);
    let sending = false;

    function say(text, wrong) {
      if (!place) return;
      place.textContent = text;
      place.classList.toggle("wrong", Boolean(wrong));
    }
    function save(leaving) {
      const now = formState(form);
      if (sending || now === kept || form.dataset.sent) return;
      const body = new URLSearchParams();
      new FormData(form).forEach((value, name) => { if (typeof value === "string") body.append(name, value); });
      body.set("draft_form", form.dataset.draftForm);
      body.set("draft_about", form.dataset.draftAbout);
      sending = true;
      window.fetch(form.dataset.draft, { method: "POST", body: body, redirect: "manual", keepalive: Boolean(leaving) })
        .then((answer) => {
          sending = false;
          if (answer.status === 204) {
            kept = now;
            const at = new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
            say("草稿已存 " + at);
          } else {
            say(answer.type === "opaqueredirect" ? "登录已过期，草稿没有存上" : "草稿没有存上", true);
          }
        })
        .catch(() => { sending = false; say("网络没有连上，草稿没有存上", true); });
    }
    window.setInterval(() => save(false), EVERY);
    document.addEventListener("visibilitychange", () => { if (document.hidden) save(true); });
  }
  ready((root) => all(root, "form[data-draft]").forEach(start));
})();
