// Sliders: the number next to one follows it, and a form with data-auto is sent when it comes to rest.
(() => {
  "use strict";
  const REST = 250; // milliseconds
  const waiting = new Map();

  document.addEventListener("input", event => {
    const shown = document.querySelector(`output[for="${event.target.id}"]`);
    if (shown) shown.textContent = event.target.value;
  });

  document.addEventListener("change", event => {
    const form = event.target.form;
    if (!form?.hasAttribute("data-auto")) return;
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(() => form.requestSubmit(), REST));
  });
})();
