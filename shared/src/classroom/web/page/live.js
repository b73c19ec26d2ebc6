// Keeps a page up to date. The server says which part has changed; that part is fetched again.
(() => {
  "use strict";
  const LOST = "The connection is lost. Trying again … If you have stopped the command, start it again.";
  const GAP = 150; // milliseconds between two fetches of the same part
  const RETRY = 2000;
  const banner = document.getElementById("connection");
  const said = document.getElementById("said");
  const fetching = new Map(); // name of a part: whether it has changed again in the meantime

  const places = name => document.querySelectorAll(`[data-part="${name}"]`);

  // Put new HTML into a place; what was unfolded, focused or scrolled to the end stays so.
  function replace(place, html) {
    if (place.innerHTML === html) return;
    const open = new Map([...place.querySelectorAll("details[id]")].map(details => [details.id, details.open]));
    const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
    const ends = new Map([...place.querySelectorAll("[data-follow]")].map(box => [
      box.id, box.scrollTop + box.clientHeight >= box.scrollHeight - 8 ? null : box.scrollTop]));
    place.innerHTML = html;
    for (const details of place.querySelectorAll("details[id]")) {
      if (open.has(details.id)) details.open = open.get(details.id);
    }
    for (const box of place.querySelectorAll("[data-follow]")) {
      box.scrollTop = ends.get(box.id) ?? box.scrollHeight;
    }
    if (focused) (document.getElementById(focused) ?? place).focus({preventScroll: true});
    const news = place.querySelector("[data-say]")?.dataset.say;
    if (news && news !== said.textContent) said.textContent = news;
  }

  async function refresh(name) {
    if (!places(name).length) return;
    if (fetching.has(name)) { fetching.set(name, true); return; }
    fetching.set(name, false);
    try {
      const response = await fetch(`parts/${name}`);
      if (response.ok) {
        const html = await response.text();
        places(name).forEach(place => replace(place, html));
      }
    } catch { /* the connection is lost: when it is back, every part is fetched */ }
    setTimeout(() => {
      const again = fetching.get(name);
      fetching.delete(name);
      if (again) refresh(name);
    }, GAP);
  }

  function refreshAll(which = "[data-part]") {
    new Set([...document.querySelectorAll(which)].map(place => place.dataset.part)).forEach(refresh);
  }

  let opened = false, source;
  function connect() {
    if (document.hidden) return;
    source?.close();
    source = new EventSource("events");
    source.onopen = () => {
      refreshAll(opened ? "[data-part]" : "[data-part][data-live]");
      opened = true;
      banner.hidden = true;
    };
    source.onmessage = event => refresh(event.data);
    source.onerror = () => {
      banner.textContent = LOST;
      banner.hidden = false;
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, RETRY);
    };
  }
  connect();

  // A browser opens six connections to a host at most: a tab that nobody sees gives up its own, and is brought up to
  // date when it is seen again, as is a page that the browser had kept.
  document.addEventListener("visibilitychange", () => { document.hidden ? source?.close() : connect(); });
  addEventListener("pageshow", event => { if (event.persisted) connect(); });

  // A form with data-into shows the response in that place.
  document.addEventListener("submit", async event => {
    const form = event.target;
    const place = document.getElementById(form.dataset.into);
    if (!place) return;
    event.preventDefault();
    const button = event.submitter;
    if (button?.getAttribute("aria-disabled") === "true") return;
    button?.setAttribute("aria-disabled", "true");
    place.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(button?.hasAttribute("formaction") ? button.formAction : form.action, {method: "POST"});
      if (!response.ok) throw new Error(response.statusText);
      replace(place, await response.text());
    } catch {
      banner.textContent = LOST;
      banner.hidden = false;
    }
    button?.removeAttribute("aria-disabled");
    place.removeAttribute("aria-busy");
  });

  document.querySelectorAll("[data-follow]").forEach(box => { box.scrollTop = box.scrollHeight; });
})();
