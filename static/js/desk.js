// A page on which something was typed says so before it is left. What is typed is kept on the server besides (htmx);
// where that fails, because somebody is signed out or offline, the page says so and keeps the words before them.
"use strict";

document.addEventListener("DOMContentLoaded", function () {
  var form = document.querySelector("form.writing");
  if (!form) return;
  var typed = false, lost = false;
  var warning = document.getElementById("not-kept");

  function renewToken() { // signing in again, in another tab, makes the one in the page worthless
    var cookie = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/);
    if (cookie) form.elements.csrfmiddlewaretoken.value = cookie[1];
    return form.elements.csrfmiddlewaretoken.value;
  }

  form.addEventListener("input", function () { typed = true; });
  form.addEventListener("submit", function (event) {
    renewToken();
    if (lost) { // once; who presses again means it
      lost = false;
      event.preventDefault();
      warning.scrollIntoView({ block: "center" });
    } else {
      typed = false;
    }
  });
  form.addEventListener("htmx:configRequest", function (event) {
    event.detail.parameters.csrfmiddlewaretoken = renewToken();
    typed = false; // until it is known better
  });
  form.addEventListener("htmx:beforeSwap", function (event) {
    if (!event.detail.xhr.getResponseHeader("X-Kept")) event.detail.shouldSwap = false; // the sign-in page, say
  });
  function answered(kept) {
    lost = !kept;
    typed = typed || lost;
    warning.hidden = kept;
    if (lost) document.getElementById("kept").textContent = "";
  }

  form.addEventListener("htmx:afterRequest", function (event) {
    var xhr = event.detail.xhr;
    if (xhr.status) answered(Boolean(xhr.getResponseHeader("X-Kept"))); // without one the next took its place
  });
  form.addEventListener("htmx:sendError", function () { answered(false); });
  window.addEventListener("beforeunload", function (event) { if (typed) event.preventDefault(); });
});
