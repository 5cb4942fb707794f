/* The sign-in runs out after a time without work: a dialog two minutes before, then the sign-in page.
   dialog[data-idle=seconds][data-keep-url][data-sign-in-url]; [data-session-ends=ISO time] shows the last hour of all.
   Work in any tab of the portal counts (BroadcastChannel; nothing is stored). The server decides; this only tells. */
(function () {
  "use strict";
  const { ready, announce } = window.portal;
  const WARN = 120;
  const PING = 240;

  function words(seconds) {
    return seconds >= 60 ? Math.floor(seconds / 60) + " 分 " + (seconds % 60) + " 秒" : seconds + " 秒";
  }

  ready((root) => {
    if (root !== document) return;
    document.querySelectorAll("[data-session-ends]").forEach((place) => {
      const end = new Date(place.dataset.sessionEnds);
      place.textContent = "本次登录最迟到 " + end.toLocaleTimeString("zh-CN",
        { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
      place.hidden = false;
    });

    const dialog = document.querySelector("dialog[data-idle]");
    if (!dialog) return;
    const limit = Number(dialog.dataset.idle);
    const channel = "BroadcastChannel" in window ? new BroadcastChannel("portal-session") : null;
    let served = Date.now();   // when the server last heard of us
    let worked = Date.now();   // when a person last did something here

    function heard(tell) {
      served = Date.now();
      if (tell && channel) channel.postMessage("served");
      if (dialog.open) dialog.close();
    }
    if (channel) channel.onmessage = () => heard(false);
    document.addEventListener("htmx:afterRequest", (event) => {   // a poll has no triggering event and is no work
      if (event.detail.successful && event.detail.requestConfig.triggeringEvent) heard(true);
    });
    ["keydown", "pointerdown"].forEach((name) => document.addEventListener(name, () => { worked = Date.now(); }));

    function headers() { return JSON.parse(document.body.getAttribute("hx-headers") || "{}"); }
    function keep() {
      window.fetch(dialog.dataset.keepUrl, { method: "POST", headers: headers(), redirect: "manual" }).then((answer) => {
        if (answer.ok) heard(true); else leave();
      }).catch(() => announce("网络没有连上，登录可能会过期", true));
    }
    let gone = false;
    function leave() {
      if (gone) return;
      gone = true;
      window.portal.leave();
      const back = window.location.pathname + window.location.search;
      const go = () => window.location.replace(
        dialog.dataset.signInUrl + "?ended=idle&next=" + encodeURIComponent(back));
      const out = dialog.querySelector("form");
      if (!out) return go();
      window.fetch(out.action, { method: "POST", headers: headers(), redirect: "manual" }).then(go, go);
    }
    dialog.querySelector("[data-idle-stay]").addEventListener("click", keep);
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); keep(); });

    heard(true);
    window.setInterval(() => {
      const idle = Math.round((Date.now() - served) / 1000);
      const left = limit - idle;
      if (left <= 0) return leave();
      if (!dialog.open && idle >= PING && worked > served) return keep();
      if (left <= WARN) {
        dialog.querySelector("[data-idle-left]").textContent = words(left);
        if (!dialog.open) {
          document.querySelectorAll("dialog[open]").forEach((other) => other.close());
          dialog.showModal();
        }
        if (left === WARN || left === 30) announce(words(left) + "后将自动退出", true);
      }
    }, 1000);
  });
})();
