// The filter above the table: words that all have to fit.
const box = find("#filter");
let visible = [];
const comparisons = { "<": (a, b) => a < b, ">": (a, b) => a > b, "=": (a, b) => a === b, "<=": (a, b) => a <= b, ">=": (a, b) => a >= b };
const states = ["graded", "not-started", "could-not-grade", "missing", "excused"];

function help() {
  const example = view < 0 ? "percent<50" : weeks[view].tasks.length ? `score<50, t${weeks[view].tasks.at(-1).number}<5` : "score<50";
  const more = view < 0 ? "" : ", late, notes, adjusted";
  find("#filter-help").textContent = `Filter by a name, a status such as missing, ${example}${more}. Press / to filter, ↑ and ↓ to move, Enter to open, Esc to close.`;
  box.placeholder = `Name, status, ${example}`;
}

// Return the condition that a word stands for, or null if it is none: score<50, t3<20, late, a status, or a part of a name.
function rule(word) {
  const flags = { late: (one) => Boolean(one.late), notes: (one) => one.notes.length > 0, adjusted: (one) => one.adjusted.length > 0 };
  if (view >= 0 && Object.hasOwn(flags, word)) return (person) => flags[word](person.result);
  if (view >= 0 && states.includes(word.replaceAll(" ", "-"))) return (person) => person.result.status === word;
  if (view < 0 && states.includes(word)) return (person) => person.line.results.some((index, week) => (index === null ? "missing" : weeks[week].results[index].status) === word);
  if (!/[<>=]/.test(word)) return (person) => `${person.name} ${person.submission}`.toLowerCase().includes(word);
  const found = /^(score|points|percent|t(\d+))(<=|>=|<|>|=)(\d+(?:\.\d+)?)$/.exec(word);
  if (!found) return null;
  const fits = comparisons[found[3]], bound = Number(found[4]);
  if (view < 0) return found[2] ? null : (person) => person.percent !== null && fits(person.percent, bound);
  if (!found[2]) return (person) => counts(person.result) && fits(person.result.score, bound);
  const number = Number(found[2]), tasks = weeks[view].tasks.filter((task) => task.number === number);
  return tasks.length === 0 ? null : (person) => fits(taskOf(person.result, number)?.earned ?? NaN, bound);
}

function filter() {
  const text = box.value.toLowerCase().trim().replace(/\s*(<=|>=|<|>|=)\s*/g, "$1").replace(/\b(not started|could not grade)\b/g, (found) => found.replaceAll(" ", "-"));
  const parts = text ? text.split(/\s+/) : [], rules = parts.map(rule);
  const unknown = parts.filter((_, index) => rules[index] === null);
  const known = rules.filter((fits) => fits !== null);
  for (const person of people) person.row.hidden = !known.every((fits) => fits(person));
  visible = people.filter((person) => !person.row.hidden);
  find("#misread").hidden = unknown.length === 0;
  find("#misread").textContent = unknown.length ? `The filter does not understand ${unknown.join(" ")}, and ignores it. ${find("#filter-help").textContent.split(". ")[0]}.` : "";
  find("#count").textContent = known.length ? `${visible.length} of ${people.length}` : `${people.length} ${people.length === 1 ? "student" : "students"}`;
  find("#none").hidden = visible.length > 0;
  find("#none").textContent = people.length ? "No student matches the filter." : "No students: nothing was submitted, and there is no roster.";
  table.hidden = people.length === 0;
  // One tab stop in the whole table; the arrow keys move from there.
  for (const person of people) link(person).tabIndex = person === visible[0] ? 0 : -1;
}

function link(person) {
  return person.row.cells[0].firstElementChild;
}

function neighbor(person, step) {
  return visible[visible.indexOf(person) + step] ?? person;
}

box.addEventListener("input", filter);
body.addEventListener("click", (event) => {
  const row = event.target.closest("tr");
  if (row && !event.target.closest("a")) link(people.find((person) => person.row === row)).click();
});
body.addEventListener("keydown", (event) => {
  const step = { "ArrowDown": 1, "ArrowUp": -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  link(neighbor(people.find((person) => person.row === event.target.closest("tr")), step)).focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target !== box && !card.open) {
    event.preventDefault();
    box.focus();
  }
  if (event.target === box && event.key === "ArrowDown" && visible.length) {
    event.preventDefault();
    link(visible[0]).focus();
  }
});
