// Suggestions while a question is typed: the combobox of the ARIA Authoring Practices, with a list that never takes the
// focus. Without this script the form does the same after Enter.
"use strict";

(function () {
  // That something was asked and followed is counted, nothing else; the page does not wait for it.
  var asking = document.querySelector("[data-counted]");
  function tell(clicked) {
    var said = new URLSearchParams({ q: asking.dataset.asked });
    if (clicked) said.set("clicked", "1");
    navigator.sendBeacon(asking.dataset.counted, said);
  }
  if (asking) {
    tell(false);
    document.addEventListener("click", function (event) { if (event.target.closest(".result a")) tell(true); });
  }

  var input = document.querySelector("[data-suggest]");
  if (!input) return;
  var list = document.createElement("ul"), count = document.createElement("p");
  var asked = "", active = -1, waiting = 0;

  list.id = "suggestions";
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.form.querySelector("label").textContent);
  count.className = "visually-hidden";
  count.setAttribute("role", "status");
  input.insertAdjacentElement("afterend", list);
  input.form.append(count);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);

  function options() { return list.querySelectorAll("[role=option]"); }

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    count.textContent = "";
  }

  function choose(place) {
    var all = options();
    if (!all.length) return;
    active = (place + all.length + 1) % (all.length + 1); // one place more than there are: what was typed
    all.forEach(function (option, at) { option.setAttribute("aria-selected", String(at === active)); });
    if (active < all.length) input.setAttribute("aria-activedescendant", all[active].id);
    else input.removeAttribute("aria-activedescendant");
  }

  function show(page) {
    list.replaceChildren.apply(list, page ? page.querySelectorAll("[role=option]") : []);
    var found = options().length;
    active = found;
    list.hidden = !found;
    input.setAttribute("aria-expanded", String(Boolean(found)));
    input.removeAttribute("aria-activedescendant");
    count.textContent = found ? input.dataset.count.replace("%s", found) : "";
  }

  function ask() {
    var typed = input.value.trim();
    if (typed === asked) return;
    asked = typed;
    if (!typed) return close();
    var request = new XMLHttpRequest(); // which makes elements of an answer that run nothing; fetch gives only its text
    request.responseType = "document";
    request.open("GET", input.dataset.suggest + "?q=" + encodeURIComponent(typed));
    request.onload = function () {
      if (typed === asked && document.activeElement === input) show(request.status === 200 && request.response);
    };
    request.onerror = close; // offline: the form still asks
    request.send();
  }

  input.addEventListener("input", function (event) {
    clearTimeout(waiting);
    if (!event.isComposing) waiting = setTimeout(ask, 150); // half a Chinese character asks for nothing
  });
  input.addEventListener("compositionend", function () { clearTimeout(waiting); waiting = setTimeout(ask, 150); });
  input.addEventListener("keydown", function (event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) { asked = ""; ask(); } else choose(active + (event.key === "ArrowDown" ? 1 : -1));
      event.preventDefault();
    } else if (event.key === "Escape" && !list.hidden) {
      close();
      event.preventDefault();
    } else if (event.key === "Enter" && !list.hidden && options()[active]) {
      event.preventDefault();
      location.assign(options()[active].dataset.href);
    }
  });
  input.addEventListener("blur", close);
  list.addEventListener("mousedown", function (event) { event.preventDefault(); }); // the field keeps the focus
  list.addEventListener("click", function (event) { // not while a finger scrolls, not for another button
    var option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.href);
  });
})();
