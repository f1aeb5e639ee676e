// What htmx leaves open on the wizard and the refund check: where the focus goes, what happens when a request fails, and
// when a check is worth asking for. Without this file both pages are ordinary links and forms.
// Back and Forward need nothing here: htmx keeps no snapshots (htmx-config), so each loads the page of its address.
"use strict";

(function () {
  var TYPING_PAUSE_MS = 600;
  var submitted = false;
  var pause;

  function on(names, listener) {
    names.forEach(function (name) { document.addEventListener(name, listener); });
  }

  // A failed request becomes an ordinary navigation: the reader sees the server's own page, or the browser's.
  // htmx 2 keeps the address in pathInfo, htmx 4 in ctx.
  function navigate(event) {
    var detail = event.detail || {};
    var address = detail.pathInfo ? detail.pathInfo.finalRequestPath : detail.ctx && detail.ctx.request.action;
    if (address) location.assign(address);
  }

  // A new page of the wizard begins at its heading, for the eye and for a screen reader; at the mistake, if there is one.
  function arrive(wizard) {
    var place = wizard.querySelector("[aria-invalid='true']") || wizard.querySelector("h1");
    if (place) place.focus({ preventScroll: place.matches("h1") });
  }

  // Only the messages beside the fields are swapped, never the fields: whoever is typing loses nothing.
  function markFields(form) {
    form.querySelectorAll("input, select").forEach(function (input) {
      var message = document.getElementById(input.id + "_error");
      var described = (input.getAttribute("aria-describedby") || "").split(" ").filter(function (id) {
        return id && id !== input.id + "_error";
      });
      if (message) described.push(message.id);
      if (message) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
      if (described.length) input.setAttribute("aria-describedby", described.join(" "));
      else input.removeAttribute("aria-describedby");
    });
  }

  // After a submit the focus goes to the answer; while typing it stays, and the verdict is only announced.
  function answer(form) {
    var place = document.querySelector(".error-summary, .verdict");
    var verdict = document.querySelector(".verdict__title");
    markFields(form);
    document.querySelector("[role='status']").textContent = verdict && !submitted ? verdict.textContent : "";
    if (submitted && place) place.focus();
    submitted = false;
  }

  // Asked for after a pause, and only when both numbers are there: nobody is told off for not having typed yet.
  function check(form) {
    var filled = Array.from(form.querySelectorAll("[required]")).every(function (input) { return input.value.trim(); });
    if (filled) form.dispatchEvent(new CustomEvent("typed"));
  }

  on(["htmx:responseError", "htmx:sendError", "htmx:response:error", "htmx:error"], navigate);
  on(["htmx:afterSettle", "htmx:after:settle"], function () {
    var wizard = document.getElementById("wizard");
    var form = document.querySelector(".refund__form");
    if (wizard) arrive(wizard);
    else if (form) answer(form);
    else location.reload(); // the answer was another kind of page: show that one, whole
  });
  document.addEventListener("DOMContentLoaded", function () {
    var form = document.querySelector(".refund__form");
    if (!form) return;
    form.addEventListener("submit", function () { submitted = true; clearTimeout(pause); });
    form.addEventListener("input", function (event) {
      clearTimeout(pause); // half a word in an input method is not typed yet; it ends with another input event
      if (!event.isComposing) pause = setTimeout(check, TYPING_PAUSE_MS, form);
    });
  });
})();
