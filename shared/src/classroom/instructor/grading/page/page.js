// What leads where: addresses, the keyboard, and the buttons of the page.
const many = weeks.length > 1;

// Return the week and the student that an address names: #week1-hello-api/ada, #ada, #week1-hello-api, #all.
function destination() {
  let text = location.hash.slice(1);
  try {
    text = decodeURIComponent(text);
  } catch {
    return null;
  }
  const week = weeks.findIndex((one) => text === one.name || text.startsWith(`${one.name}/`));
  const name = week < 0 ? text : text.slice(weeks[week].name.length + 1);
  const order = week >= 0 ? [week] : [view, ...weeks.keys()].filter((number) => number >= 0);
  for (const number of name ? order : []) {
    const index = weeks[number].results.findIndex((result) => result.submission === name);
    if (index >= 0) return { week: number, index };
  }
  if (week >= 0) return { week };
  return text === "all" && term ? { week: -1 } : null;
}

function go() {
  const to = destination();
  if (!to) return;
  const sits = to.index === undefined || view >= 0; // a card opens above the table of all weeks, too
  if (sits && to.week !== view) showView(to.week);
  if (to.index !== undefined) show(to.index, to.week);
  else if (card.open) card.close();
}

// The student whose card is open, as a row of the table.
function current() {
  if (!shown) return null;
  return people.find((person) => (view < 0 ? person.line.results[shown.week] : person.index) === shown.index) ?? null;
}

function turn(step) {
  const person = current();
  if (!person) return;
  const next = neighbor(person, step);
  const week = shown.week, index = view < 0 ? next.line.results[week] ?? null : next.index;
  if (view < 0 && index === null) link(next).click();
  else location.hash = address(weeks[week].results[index].submission, week);
}

document.addEventListener("keydown", (event) => {
  const step = { "ArrowRight": 1, "ArrowLeft": -1 }[event.key];
  if (step && card.open && shown && !event.target.closest("pre")) turn(step);
});
find("#before").addEventListener("click", () => turn(-1));
find("#after").addEventListener("click", () => turn(1));
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pair]");
  if (button) compare(weeks[view].pairs[button.dataset.pair], view);
  const jump = event.target.closest(".jumps a");
  if (jump) {
    event.preventDefault();
    const heading = document.getElementById(jump.getAttribute("href").slice(1));
    heading.scrollIntoView();
    heading.focus({ preventScroll: true });
  }
  // The same address again opens the card again.
  const same = event.target.closest("a[href^='#']");
  if (same && !jump && same.hash === location.hash) go();
});
card.addEventListener("click", (event) => { if (event.target === card) card.close(); });
card.addEventListener("close", () => {
  const person = current();
  history.replaceState(null, "", `#${view < 0 ? "all" : many ? encodeURIComponent(weeks[view].name) : ""}`);
  if (person && !person.row.hidden) link(person).focus();
});
find("#csv").addEventListener("click", () => {
  const source = view < 0 ? term : weeks[view];
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(new Blob([source.gradebook], { type: "text/csv;charset=utf-8" }));
  anchor.download = view < 0 ? "gradebook.csv" : `${weeks[view].name}.csv`;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 1000);
});
find("#theme").addEventListener("click", () => {
  const root = document.documentElement.style;
  const dark = root.colorScheme ? root.colorScheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.colorScheme = dark ? "light" : "dark";
});
window.addEventListener("hashchange", go);
showView(term ? -1 : 0);
go();
