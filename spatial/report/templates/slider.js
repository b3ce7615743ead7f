"use strict";
// Before and after upon each other: a range input that lies over both moves the edge,
// so that mouse, touch and arrow keys are the browser's own. Without this script, and
// on paper, the two pictures stand side by side.
(function () {
  document.querySelectorAll(".slider").forEach((slider) => {
    const divider = slider.querySelector("input.divider");
    const help = slider.parentElement.querySelector(".slide-help");
    function show() {
      const share = Number(divider.value);
      slider.style.setProperty("--share", share + "%"); // the style sheet of the screen uses it
      divider.setAttribute("aria-valuetext",
        divider.dataset.before + " " + share + "%, " + divider.dataset.after + " " + (100 - share) + "%");
    }
    slider.classList.add("live");
    divider.hidden = false;
    help.hidden = false;
    divider.addEventListener("input", show);
    show();
  });
})();
