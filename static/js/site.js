// Light or dark, where the reader has chosen one. In the head and blocking, so that no page flashes in the other colours.
"use strict";

(function () {
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");

  // Storage throws where a browser blocks it. The button then works for the page one is on.
  function stored() {
    try { return window.localStorage.getItem("theme"); } catch { return null; }
  }

  function store(theme) {
    try { window.localStorage.setItem("theme", theme); } catch { /* only this page, then */ }
  }

  function current() {
    return root.dataset.theme || (dark.matches ? "dark" : "light");
  }

  // The browser's own bar follows too: of the two metas, the one whose media says the theme is made to apply.
  function apply(theme) {
    root.dataset.theme = theme;
    document.querySelectorAll('meta[name="theme-color"]').forEach(function (meta) {
      meta.dataset.scheme = meta.dataset.scheme || (meta.media.includes("dark") ? "dark" : "light");
      meta.media = meta.dataset.scheme === theme ? "all" : "not all";
    });
  }

  // The button says what it does: to which colours it switches.
  function fill(slot) {
    var button = document.createElement("button");
    function label() {
      var next = current() === "dark" ? "light" : "dark";
      button.className = "theme theme--" + next;
      button.textContent = slot.dataset[next];
      button.setAttribute("aria-label", slot.dataset.label + ": " + slot.dataset[next]);
    }
    button.type = "button";
    button.addEventListener("click", function () {
      apply(current() === "dark" ? "light" : "dark");
      store(current());
      label();
    });
    dark.addEventListener("change", label);
    label();
    slot.append(button);
  }

  if (stored() === "light" || stored() === "dark") apply(stored());
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll(".theme-slot").forEach(fill);
  });
})();

// The link beside a heading is also copied when it is pressed, and says so. Without this script, or where the browser
// forbids it, it leads there and the address bar has it.
document.addEventListener("click", function (event) {
  var link = event.target.closest(".heading__link");
  if (!link || !navigator.clipboard) return;
  navigator.clipboard.writeText(link.href).then(function () {
    var said = document.getElementById("copied");
    link.after(said);
    said.textContent = said.dataset.words;
    setTimeout(function () { said.textContent = ""; }, 4000);
  }, function () {});
});
