// A page on which something was typed says so before it is left. What is typed is kept on the server besides (htmx);
// where that fails, because somebody is signed out or offline, the page says so and keeps the words before them. Nothing
// is sent off with the page before it is known to be kept: where the session has ended, it would be lost on the way.
"use strict";

document.addEventListener("DOMContentLoaded", function () {
  var form = document.querySelector("form.writing");
  if (!form) return;
  var typed = false, asking = false, safe = false;
  var warning = document.getElementById("not-kept");

  function renewToken() { // signing in again, in another tab, makes the one in the page worthless
    var cookie = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/);
    if (cookie) form.elements.csrfmiddlewaretoken.value = cookie[1];
    return form.elements.csrfmiddlewaretoken.value;
  }

  form.addEventListener("input", function () { typed = true; });
  form.addEventListener("submit", function (event) {
    renewToken();
    if (safe) {
      safe = typed = false;
      return;
    }
    event.preventDefault();
    if (asking) return; // pressed twice
    asking = true;
    var words = { method: "POST", body: new FormData(form), redirect: "manual", signal: AbortSignal.timeout(10000) };
    fetch(form.dataset.hxPost, words).then(hasKept, function () { return false; }).then(function (kept) {
      asking = false;
      answered(kept);
      safe = kept;
      if (kept) form.requestSubmit(event.submitter);
      else warning.scrollIntoView({ block: "center" });
    });
  });
  function hasKept(answer) { return answer.headers.has("X-Kept"); }
  form.addEventListener("htmx:configRequest", function (event) {
    event.detail.parameters.csrfmiddlewaretoken = renewToken();
    typed = false; // until it is known better
  });
  form.addEventListener("htmx:beforeSwap", function (event) {
    if (!event.detail.xhr.getResponseHeader("X-Kept")) event.detail.shouldSwap = false; // the sign-in page, say
  });
  function answered(kept) {
    typed = typed || !kept;
    warning.hidden = kept;
    if (!kept) document.getElementById("kept").textContent = "";
  }

  form.addEventListener("htmx:afterRequest", function (event) {
    var xhr = event.detail.xhr;
    if (xhr.status) answered(Boolean(xhr.getResponseHeader("X-Kept"))); // without one the next took its place
  });
  form.addEventListener("htmx:sendError", function () { answered(false); });
  window.addEventListener("beforeunload", function (event) { if (typed) event.preventDefault(); });
});
