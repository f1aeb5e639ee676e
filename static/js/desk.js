// A page on which something was typed says so before it is left. What is typed is kept on the server besides (htmx);
// where that fails, because somebody is signed out or offline, the page says so and keeps the words before them. Nothing
// is sent off with the page before it is known to be kept: where the session has ended, it would be lost on the way.
"use strict";

document.addEventListener("DOMContentLoaded", function () {
  var form = document.querySelector("form.writing");
  if (!form) return;
  var LONGEST = 10000; // milliseconds for an answer, as for htmx (htmx-config)
  var typed = 0, sent = 0, kept = 0; // how often something was typed: by now, when it was sent last, as the server has it
  var asking = false, leaving = 0;
  var warning = document.getElementById("not-kept");

  function renewToken() { // signing in again, in another tab, makes the one in the page worthless
    var cookie = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/);
    if (cookie) form.elements.csrfmiddlewaretoken.value = cookie[1];
    return form.elements.csrfmiddlewaretoken.value;
  }
  function answered(isKept, until, status) {
    if (isKept) kept = Math.max(kept, until);
    else document.getElementById("kept").textContent = "";
    warning.hidden = isKept;
    var why = warning.querySelector('[data-status~="' + status + '"]') || warning.querySelector('[data-status=""]');
    warning.querySelectorAll("[data-status]").forEach(function (each) { each.hidden = each !== why; });
  }

  form.addEventListener("input", function () { typed += 1; });
  form.addEventListener("submit", function (event) {
    if (leaving === 1) {
      leaving = 2;
      setTimeout(function () { leaving = 0; }, LONGEST); // where no page comes, it may be pressed again
      return;
    }
    event.preventDefault();
    if (asking || leaving) return; // pressed twice
    asking = true;
    renewToken();
    var until = typed;
    var words = { method: "POST", body: new FormData(form), redirect: "manual", signal: AbortSignal.timeout(LONGEST) };
    fetch(form.dataset.hxPost, words).catch(function () { return null; }).then(function (answer) {
      var isKept = Boolean(answer && answer.headers.has("X-Kept"));
      asking = false;
      answered(isKept, until, answer ? answer.status : 0);
      if (!isKept) return warning.scrollIntoView({ block: "center" });
      kept = typed; // what was typed since goes with the page
      leaving = 1;
      form.requestSubmit(event.submitter);
    });
  });
  window.addEventListener("pageshow", function () { leaving = 0; }); // come back to

  form.addEventListener("htmx:configRequest", function (event) {
    event.detail.parameters.csrfmiddlewaretoken = renewToken();
    sent = typed;
  });
  form.addEventListener("htmx:beforeSwap", function (event) {
    if (!event.detail.xhr.getResponseHeader("X-Kept")) event.detail.shouldSwap = false; // the sign-in page, say
  });
  form.addEventListener("htmx:afterRequest", function (event) {
    var xhr = event.detail.xhr;
    if (xhr.status) answered(Boolean(xhr.getResponseHeader("X-Kept")), sent, xhr.status); // else the next took its place
  });
  ["htmx:sendError", "htmx:timeout"].forEach(function (gone) {
    form.addEventListener(gone, function () { answered(false, 0, 0); });
  });
  window.addEventListener("beforeunload", function (event) { if (typed > kept) event.preventDefault(); });
});
