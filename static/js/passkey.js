// allauth says on the console why there was no passkey; this says it on the page.
"use strict";

document.addEventListener("allauth.error", function (event) {
  event.preventDefault();
  document.getElementById("passkey-failed").hidden = false;
});
