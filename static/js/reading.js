// The link beside a heading is also copied when it is pressed, and says so. Without this script, or where the browser
// forbids it, it leads there and the address bar has it.
"use strict";

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
