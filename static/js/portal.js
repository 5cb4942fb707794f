/* What the other scripts share: portal.ready (now and after every htmx swap), portal.announce, and what happens around
   a swap. Nothing here is needed for the core forms to work. */
(function () {
  "use strict";

  document.documentElement.classList.add("has-script");

  /* Runs fn(root) for the page and for every fragment that comes in later. */
  function ready(fn) {
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", () => fn(document));
    } else {
      fn(document);
    }
    document.addEventListener("htmx:load", (event) => {
      if (event.detail.elt !== document.body) fn(event.detail.elt);
    });
  }

  /* All elements that match, the root itself included: a swapped fragment may be the element. */
  function all(root, selector) {
    const found = Array.from(root.querySelectorAll(selector));
    if (root.matches && root.matches(selector)) found.unshift(root);
    return found;
  }

  /* Read out by screen readers. Emptied first, so that the same words are read again. */
  function announce(text, urgent) {
    const live = document.getElementById(urgent ? "live-urgent" : "live");
    if (!live) return;
    live.textContent = "";
    window.setTimeout(() => { live.textContent = text; }, 60);
  }

  /* A word at the top of the page when an htmx request fails: what happened, and the request's number. */
  function failed(text, number) {
    const box = document.createElement("div");
    box.className = "notice is-wrong";
    const title = document.createElement("span");
    title.className = "notice-title";
    title.textContent = "没有成功";
    box.append(title, "　" + text + (number ? "（编号 " + number + "）" : ""));
    const old = document.getElementById("request-failed");
    if (old) old.remove();
    box.id = "request-failed";
    const main = document.getElementById("main");
    main.insertBefore(box, main.querySelector(".notice, .pane, .tabs, .filter-line, #results"));
    announce(text, true);
  }

  window.portal = { ready: ready, all: all, announce: announce, failed: failed };

  const REASONS = {
    403: "现在的身份不能做这一步，或页面已过期，请刷新后再试。",
    404: "这条记录不存在，或不在您的管理范围内。",
    409: "内容已被别人改过，请刷新后再改。",
    429: "操作太频繁，请过一会儿再试。",
  };

  document.addEventListener("htmx:responseError", (event) => {
    const answer = event.detail.xhr;
    failed(REASONS[answer.status] || "系统没有完成这一步，数据没有改动，请稍后再试。", answer.getResponseHeader("X-Request-Number"));
  });
  document.addEventListener("htmx:sendError", () => failed("网络没有连上，请检查后再试。", ""));

  document.addEventListener("htmx:afterSettle", (event) => {
    const target = event.detail.elt;
    if (!target || !target.isConnected) return;
    const spoken = all(target, "[data-announce]")[0];
    if (spoken) announce(spoken.dataset.announce);
    const focus = all(target, "[data-focus]")[0];
    if (focus) focus.focus();
  });

  /* The topbar's forms come back to the page one is on: a filter has changed its address. */
  document.addEventListener("htmx:pushedIntoHistory", (event) => {
    document.querySelectorAll(".topbar input[name=next]").forEach((field) => { field.value = event.detail.path; });
  });

  ready((root) => {
    if (root !== document) return;
    const focus = root.querySelector("[data-focus]");
    if (focus) focus.focus();
  });
})();
