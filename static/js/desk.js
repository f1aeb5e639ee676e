// A page on which something was typed says so before it is left. What is typed is kept on the server besides (htmx).
"use strict";

(function () {
  var typed = false;
  document.addEventListener("input", function (event) { typed = typed || event.target.closest(".writing") !== null; });
  document.addEventListener("submit", function () { typed = false; });
  document.addEventListener("htmx:afterSettle", function (event) { if (event.target.id === "kept") typed = false; });
  window.addEventListener("beforeunload", function (event) { if (typed) event.preventDefault(); });
})();
