// Keeps a page up to date. The server says which part has changed; that part is fetched again, or was sent along.
(() => {
  "use strict";
  const own = document.currentScript.dataset; // a site may have sentences of its own
  const LOST = own.lost ?? "The connection is lost. Trying again … If you have stopped the command, start it again.";
  const STALE = own.stale ?? "This page belongs to an earlier start. Use the address that the command has printed.";
  const REFUSED = "This could not be done. Reload the page, then try again.";
  const GAP = 150; // milliseconds between two fetches of the same part
  const RETRY = 2000;
  const PATIENCE = 20000; // until a fetch that nobody responds to is tried again
  const TROUBLE = 5000; // until a part is asked for again that the server could not make, such as without its database
  const banner = document.getElementById("panel-connection");
  const said = document.getElementById("panel-said");
  const fetching = new Map(); // name of a part: whether it has changed again in the meantime
  const shown = new WeakMap(); // place: the HTML that it was last given
  const latest = new WeakMap(); // place: the number of the request whose response it shows
  const told = new Map(); // name of a part: how often the server has said that it has changed

  let sent = 0; // requests so far

  const places = name => document.querySelectorAll(`[data-part="${name}"]`);

  function warn(sentence) {
    banner.textContent = sentence;
    banner.hidden = false;
  }

  // Put new HTML into a place; what was unfolded, focused or scrolled to the end stays so.
  function replace(place, html) {
    if (shown.get(place) === html) return;
    shown.set(place, html);
    for (let outer = place; (outer = outer.parentElement?.closest("[data-part]"));) shown.delete(outer);
    const open = new Map([...place.querySelectorAll("details[id]")].map(details => [details.id, details.open]));
    const active = document.activeElement;
    const held = active !== place && place.contains(active);
    const ends = new Map([...place.querySelectorAll("[data-follow]")].map(box => [
      box.id, box.scrollTop + box.clientHeight >= box.scrollHeight - 8 ? null : box.scrollTop]));
    place.innerHTML = html;
    for (const details of place.querySelectorAll("details[id]")) {
      if (open.has(details.id)) details.open = open.get(details.id);
    }
    for (const box of place.querySelectorAll("[data-follow]")) {
      box.scrollTop = ends.get(box.id) ?? box.scrollHeight;
    }
    if (held) ((active.id && document.getElementById(active.id)) || place).focus({preventScroll: true});
    say(place);
  }

  // Change a place of data-steady element by element: what has not changed stays the same element, so that a button can
  // be pressed, a slider dragged and a line animated while the figures around it change.
  function steady(old, fresh) {
    if (old.nodeName !== fresh.nodeName || (old.id ?? "") !== (fresh.id ?? "")) { old.replaceWith(fresh.cloneNode(true)); return; }
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
      return;
    }
    for (const {name} of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const {name, value} of fresh.attributes) {
      if (old.getAttribute(name) === value) continue;
      old.setAttribute(name, value);
      if (name === "value" && old !== document.activeElement) {
        old.value = value;
        old.dispatchEvent(new Event("input", {bubbles: true}));
      }
    }
    if (old.localName === "output") return; // it shows what the user has chosen, which may not be sent yet
    const [now, next] = [[...old.childNodes], [...fresh.childNodes]];
    next.forEach((node, index) => index < now.length ? steady(now[index], node) : old.append(node.cloneNode(true)));
    now.slice(next.length).forEach(node => node.remove());
  }

  // If a later request has already been answered, this response may be older than what is shown. What its own request
  // has changed is announced by an event, after which the part is fetched again.
  function change(place, html, number) {
    if (number < latest.get(place)) return;
    latest.set(place, number);
    if (!place.hasAttribute("data-steady")) { replace(place, html); return; }
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const next = place.cloneNode(false);
    next.append(fresh.content);
    const busy = place.getAttribute("aria-busy");
    if (busy) next.setAttribute("aria-busy", busy);
    steady(place, next);
    say(place);
  }

  // Tell a screen reader what a place has to say; an empty text in between lets it say the same once more.
  function say(place) {
    const news = place.querySelector("[data-say]")?.dataset.say;
    if (news !== undefined && news !== said.textContent) said.textContent = news;
  }

  async function refresh(name) {
    if (!places(name).length) return;
    if (fetching.has(name)) { fetching.set(name, true); return; }
    fetching.set(name, false);
    const before = new Map(told), targets = [...places(name)], number = ++sent;
    let wait = GAP;
    try {
      const response = await fetch(`parts/${name}`, {signal: AbortSignal.timeout?.(PATIENCE)});
      if (response.ok) {
        const html = await response.text();
        // One that is gone was part of another place, which is newer than this response.
        for (const place of targets.filter(place => place.isConnected)) {
          // A button that is replaced while it is pressed would not be clicked.
          const pressed = !place.hasAttribute("data-steady") && place.querySelector(":active");
          if (pressed) { fetching.set(name, true); continue; }
          change(place, html, number);
          for (const {dataset: {part}} of place.querySelectorAll("[data-part]")) {
            if (told.get(part) !== before.get(part)) refresh(part); // the response may be older than what it contains
          }
        }
      } else if (response.status >= 500) wait = TROUBLE;
    } catch { wait = RETRY; }
    setTimeout(() => {
      // When a lost connection is back, every part is fetched; if only this fetch has failed, nothing else asks again.
      const again = fetching.get(name) || (wait !== GAP && source?.readyState === EventSource.OPEN);
      fetching.delete(name);
      if (again) refresh(name);
    }, wait);
  }

  function refreshAll(which = "[data-part]") {
    new Set([...document.querySelectorAll(which)].map(place => place.dataset.part)).forEach(refresh);
  }

  // Whether the server has started again since this page was loaded: it then has another key.
  async function isStale() {
    const name = document.querySelector("[data-part]").dataset.part;
    try { return [401, 403].includes((await fetch(`parts/${name}`)).status); } catch { return false; }
  }

  let opened = false, stale = false, source;
  function connect() {
    if (document.hidden || stale) return;
    source?.close();
    source = new EventSource("events");
    source.onopen = () => {
      refreshAll(opened ? "[data-part]" : "[data-part][data-live]");
      opened = true;
      banner.hidden = true;
    };
    source.onmessage = ({data: name}) => {
      told.set(name, (told.get(name) ?? 0) + 1);
      refresh(name);
    };
    source.addEventListener("part", ({data}) => {
      const [name, ...html] = data.split("\n"), number = ++sent;
      told.set(name, (told.get(name) ?? 0) + 1);
      for (const place of places(name)) change(place, html.join("\n"), number);
    });
    source.onerror = async () => {
      warn(LOST);
      if (source.readyState !== EventSource.CLOSED) return;
      stale = await isStale();
      if (stale) warn(STALE); else setTimeout(connect, RETRY);
    };
  }
  connect();

  // A browser opens six connections to a host at most: a tab that nobody sees gives up its own, and is brought up to
  // date when it is seen again, as is a page that the browser had kept.
  document.addEventListener("visibilitychange", () => { document.hidden ? source?.close() : connect(); });
  addEventListener("pageshow", event => { if (event.persisted) connect(); });

  // Say in a place that the server has refused; a part of the page keeps what it shows.
  function refuse(place, number) {
    latest.set(place, Math.max(number, latest.get(place) ?? 0));
    const sentence = document.createElement("p");
    sentence.className = "problem";
    sentence.setAttribute("role", "alert");
    sentence.textContent = REFUSED;
    shown.delete(place);
    if (place.dataset.part) place.querySelector(":scope > .problem")?.remove(); else place.replaceChildren();
    place.prepend(sentence);
  }

  // A form with data-into sends its fields in the query, or with data-body in the body, and shows the response in that place.
  document.addEventListener("submit", async event => {
    const form = event.target;
    const place = document.getElementById(form.dataset.into);
    if (!place) return;
    event.preventDefault();
    const button = event.submitter;
    if (button?.getAttribute("aria-disabled") === "true") return;
    button?.setAttribute("aria-disabled", "true");
    place.setAttribute("aria-busy", "true");
    const number = ++sent;
    try {
      const address = new URL(button?.hasAttribute("formaction") ? button.formAction : form.action);
      const body = form.hasAttribute("data-body") ? new URLSearchParams(new FormData(form)) : undefined;
      if (!body) new FormData(form).forEach((value, name) => address.searchParams.set(name, value));
      const response = await fetch(address, {method: "POST", body});
      if (response.ok) change(place, await response.text(), number); else refuse(place, number);
    } catch {
      warn(LOST);
      connect(); // which takes the banner away, if the server can be reached
    }
    button?.removeAttribute("aria-disabled");
    place.removeAttribute("aria-busy");
  });

  // Seconds that pass while something takes long; each fetch corrects them.
  setInterval(() => {
    if (!banner.hidden) return;
    for (const count of document.querySelectorAll("[data-count]")) count.textContent = Number(count.textContent) + 1;
  }, 1000);

  document.querySelectorAll("[data-follow]").forEach(box => { box.scrollTop = box.scrollHeight; });
})();
