// Filters and sorts the table of the class, again after each change of it.
(() => {
  "use strict";
  const form = document.getElementById("sift");
  const place = document.querySelector('[data-part="class"]');
  const filter = document.getElementById("filter");
  const order = document.getElementById("sort");
  const reverse = document.getElementById("reverse");
  const count = document.getElementById("sifted");
  const changes = new MutationObserver(sift);

  // Best first, except for names, or the reverse; equal students stay sorted by name, as the server has sent them.
  function compare(one, other) {
    const sign = reverse.checked ? -1 : 1;
    if (order.value === "name") return sign * (one.dataset.place - other.dataset.place);
    const [left, right] = [one, other].map(row => row.getAttribute(`data-${order.value}`));
    const difference = order.value === "pushed" ? (left < right) - (left > right) : right - left;
    return sign * difference || one.dataset.place - other.dataset.place;
  }

  function sift() {
    changes.disconnect();
    const body = place.querySelector("tbody");
    const rows = body ? [...body.rows] : [];
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every(word => text.includes(word));
    }
    body?.append(...rows.sort(compare));
    const left = rows.filter(row => !row.hidden).length;
    count.textContent = words.length ? `${left} of ${rows.length} students match.` : "";
    changes.observe(place, {childList: true, subtree: true});
  }

  filter.addEventListener("input", sift);
  order.addEventListener("change", sift);
  reverse.addEventListener("change", sift);
  form.addEventListener("submit", event => event.preventDefault());
  form.hidden = false;
  sift();
})();
