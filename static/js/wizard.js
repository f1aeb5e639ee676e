// What htmx leaves open on the wizard and the refund check: where the focus goes, what happens when a request fails, and
// when a check is worth asking for. Without this file both pages are ordinary links and forms.
// Back and Forward need nothing here: htmx keeps no snapshots (see htmx-config), so each loads the page of its address.
"use strict";

(function () {
  var TYPING_PAUSE_MS = 600;
  var submitted = false; // by a button or Enter, and not yet answered
  var pause;

  // The policy on content lets nobody make HTML of text, nor code (trusted-types). htmx makes HTML of this site's answers,
  // and knows no other way; code stays forbidden.
  if (window.trustedTypes) trustedTypes.createPolicy("default", { createHTML: function (answer) { return answer; } });

  // htmx 2 and htmx 4 name their events differently; each hears only its own.
  function on(names, listener) {
    names.forEach(function (name) { document.addEventListener(name, listener); });
  }

  // A failed request becomes an ordinary navigation: the reader sees the server's own page, or the browser's.
  function navigate(event) {
    var path = event.detail.pathInfo, context = event.detail.ctx;
    if (path || context) location.assign(path ? path.finalRequestPath : context.request.action);
  }

  // A page of the wizard begins at its heading, for the eye and for a screen reader; after a form, at what it asked for.
  function arrive(wizard) {
    var asked = submitted && (wizard.querySelector("[aria-invalid='true']") || wizard.querySelector(".dates h2"));
    (asked || wizard.querySelector("h1")).focus({ preventScroll: !asked });
  }

  // Only the messages beside the fields are swapped, never the fields: whoever is typing loses neither text nor caret.
  function mark(input) {
    var error = input.id + "_error", wrong = document.getElementById(error) !== null;
    var words = (input.getAttribute("aria-describedby") || "").split(" ").filter(function (id) { return id && id !== error; });
    if (wrong) words.push(error);
    input.toggleAttribute("aria-invalid", wrong);
    if (wrong) input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", words.join(" "));
  }

  // After a submit the focus goes to the answer; while one types it stays, and the verdict is only announced.
  function answer(form) {
    var place = document.querySelector(".error-summary, .verdict");
    var verdict = document.querySelector(".verdict__title");
    form.querySelectorAll("input:not([type='hidden']), select").forEach(mark);
    document.querySelector("[role='status']").textContent = verdict && !submitted ? verdict.textContent : "";
    if (submitted && place) place.focus();
  }

  // Asked for after a pause, and only when both numbers are there: nobody is told off for not having typed yet.
  function check(form) {
    var filled = Array.from(form.querySelectorAll("[required]")).every(function (input) { return input.value.trim(); });
    if (filled) form.dispatchEvent(new CustomEvent("typed"));
  }

  function listen(form) {
    ["input", "compositionend"].forEach(function (name) {
      form.addEventListener(name, function (event) {
        clearTimeout(pause);
        if (!event.isComposing) pause = setTimeout(check, TYPING_PAUSE_MS, form);
      });
    });
    form.addEventListener("submit", function () { clearTimeout(pause); });
  }

  // Where readers give up: that this page was reached, and nothing of who did. Without this script nothing is counted.
  function count(wizard) {
    var said = new FormData();
    said.append("address", location.pathname + location.search);
    if (wizard.dataset.count && navigator.sendBeacon) navigator.sendBeacon(wizard.dataset.count, said);
  }

  on(["submit"], function () { submitted = true; });
  on(["htmx:responseError", "htmx:sendError", "htmx:response:error", "htmx:error"], navigate);
  on(["htmx:afterSettle", "htmx:after:swap"], function (event) {
    // htmx 2 says so once for each part it swapped: the messages and the language links are not the page.
    if (event.type === "htmx:afterSettle" && !event.target.matches("#wizard, #beside")) return;
    var wizard = document.getElementById("wizard");
    if (wizard) { arrive(wizard); count(wizard); } else answer(document.querySelector(".refund__form"));
    submitted = false;
  });
  on(["DOMContentLoaded"], function () {
    document.querySelectorAll(".refund__form").forEach(listen);
    // Whoever comes back or reloads has been counted.
    var entry = performance.getEntriesByType("navigation")[0], wizard = document.getElementById("wizard");
    if (wizard && entry && entry.type === "navigate") count(wizard);
  });
})();
