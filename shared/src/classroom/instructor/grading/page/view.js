"use strict";
// The students as a table: of one week, or of all weeks together.
const { weeks, term } = JSON.parse(document.getElementById("data").textContent);
const find = (selector) => document.querySelector(selector);
const table = find("#gradebook"), head = table.tHead, body = table.tBodies[0];
const words = { "pass": "passed", "fail": "failed", "skipped": "skipped", "could-not-check": "could not check" };
const signs = { "pass": "✔", "fail": "✘", "skipped": "·", "could-not-check": "?" };
let view = -1; // the number of the week, or -1 for all of them
let people = []; // what the rows show: { name, submission, row, result?, line? }

// Text of a submission is added as text only, never as markup.
function add(parent, tag, text, name) {
  const element = document.createElement(tag);
  if (text || text === 0) element.textContent = text;
  if (name) element.className = name;
  parent.append(element);
  return element;
}

function statusOf(result) {
  return result.status.replaceAll("-", " ");
}

function counts(result) {
  return result.status === "graded" && result.score !== null;
}

// A task of a week, or of a result; one that was graded before the week had the task has none.
function taskOf(whole, number) {
  return whole.tasks.find((task) => task.number === number);
}

function points(result) {
  return counts(result) ? `${result.score} of ${result.max_score} points${result.bonus ? `, and ${result.bonus} bonus` : ""}` : statusOf(result);
}

// Where a student's card is on the page: `#ada`, or with the week where there are several.
function address(submission, week) {
  return `#${weeks.length > 1 ? `${encodeURIComponent(weeks[week].name)}/` : ""}${encodeURIComponent(submission)}`;
}

// The columns that most weeks have no use for.
function extras() {
  const { results } = weeks[view];
  const late = results.some((result) => result.late) ? [["late", "Late"]] : [];
  return results.some((result) => result.pushes.length) ? [...late, ["pushes", results.some((result) => result.received) ? "Pushes" : "Commits"]] : late;
}

function columns() {
  const middle = view < 0
    ? weeks.map((week, number) => [`w${number}`, week.title, `${week.title}, ${week.max} points`])
    : weeks[view].tasks.map((task, number) => [`t${number}`, task.number, `Task ${task.number}: ${task.title}, ${task.points} points`]);
  return [["name", "Name"], view < 0 ? ["percent", "Percent"] : ["score", "Points"], ...middle, ...(view >= 0 ? extras() : term.extras ? [["extras", "Extras", "extra exercises with all points"]] : [])];
}

function showHead() {
  const row = document.createElement("tr");
  for (const [by, text, title] of columns()) {
    const cell = add(row, "th", "", by === "name" ? "" : by === "late" ? "late" : "n");
    cell.scope = "col";
    const button = add(cell, "button", text);
    button.type = "button";
    button.dataset.sort = by;
    if (title && title !== text) {
      button.title = title;
      button.setAttribute("aria-label", title);
    }
  }
  head.replaceChildren(row);
  head.querySelector("th").setAttribute("aria-sort", "ascending");
}

function nameCell(row, person, week, submission = person.submission) {
  const cell = add(row, "th");
  cell.scope = "row";
  const link = add(cell, "a", person.name);
  link.href = address(submission, week);
  if (person.submission !== person.name) add(cell, "span", person.submission, "user");
  if (person.result?.stranger) add(cell, "span", "not on the roster", "badge");
  if (person.result?.outdated) add(cell, "span", "old handout", "badge");
}

function scoreCell(row, result, link) {
  const cell = add(row, "td", "", "n score");
  if (!result) return add(cell, "span", "missing", "badge missing");
  const parent = link ? add(cell, "a") : cell;
  if (link) parent.href = link;
  return counts(result) ? add(parent, "span", result.score) : add(parent, "span", statusOf(result), `badge ${result.status}`);
}

function weekRow(person) {
  const { row, result } = person;
  nameCell(row, person, view);
  scoreCell(row, result);
  weeks[view].tasks.forEach(({ number }) => {
    const task = counts(result) ? taskOf(result, number) : null;
    const cell = add(row, "td", task ? task.earned : "", `n ${task ? task.verdict : ""}`);
    if (task) add(cell, "span", ` ${words[task.verdict]}`, "sr");
  });
  for (const [by] of extras()) add(row, "td", by === "late" ? result.late : result.pushes.length || "", by === "late" ? "late" : "n");
}

function termRow(person) {
  const last = person.line.results.findLastIndex((index) => index !== null);
  // A submission can be called otherwise than its student.
  nameCell(person.row, person, Math.max(0, last), weeks[last]?.results[person.line.results[last]].submission);
  add(person.row, "td", person.line.percent === null ? "–" : person.line.percent.toFixed(1), "n percent");
  person.line.results.forEach((index, week) => {
    const result = index === null ? null : weeks[week].results[index];
    scoreCell(person.row, result, result && address(result.submission, week));
  });
  if (!term.extras) return;
  const cell = add(person.row, "td", "", "n");
  for (const name of person.line.extras) add(cell, "span", name, "badge");
}

function showView(number) {
  view = number;
  const lines = view < 0 ? term.lines.map((line) => ({ ...line, line })) : weeks[view].results.map((result) => ({ name: result.name, submission: result.submission, result }));
  const collator = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });
  people = lines.map((person, index) => ({ ...person, index, row: document.createElement("tr") }));
  people.sort((a, b) => collator.compare(a.name, b.name) || collator.compare(a.submission, b.submission));
  for (const person of people) (view < 0 ? termRow : weekRow)(person);
  showHead();
  body.replaceChildren(...people.map((person) => person.row));
  for (const part of document.querySelectorAll("[data-week]")) part.hidden = Number(part.dataset.week) !== view;
  for (const tab of document.querySelectorAll("[data-view]")) {
    if (Number(tab.dataset.view) === view) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  const gradebook = (view < 0 ? term : weeks[view]).gradebook;
  find("#csv").hidden = !gradebook;
  find("#title").textContent = view < 0 ? "All weeks" : weeks[view].title;
  help();
  filter();
}

// What a column is sorted by: names without regard to case, what is not graded below every score.
function key(person, by) {
  if (by === "name") return person.name;
  if (by === "score") return counts(person.result) ? person.result.score : -1;
  if (by === "percent") return person.percent ?? -1;
  if (by === "late") return person.result.late ?? "";
  if (by === "extras") return person.line.extras.length;
  if (by === "pushes") return person.result.pushes.length;
  const number = Number(by.slice(1));
  if (by.startsWith("t")) return counts(person.result) ? taskOf(person.result, weeks[view].tasks[number].number)?.earned ?? -1 : -1;
  const result = person.line.results[number] === null ? null : weeks[number].results[person.line.results[number]];
  return result && counts(result) ? result.score : -1;
}

head.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const cell = button.closest("th"), falling = cell.getAttribute("aria-sort") === "ascending";
  for (const other of head.querySelectorAll("[aria-sort]")) other.removeAttribute("aria-sort");
  cell.setAttribute("aria-sort", falling ? "descending" : "ascending");
  const by = button.dataset.sort, collator = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });
  people.sort((a, b) => {
    const left = key(a, by), right = key(b, by);
    return (typeof left === "string" ? collator.compare(left, right) : left - right) * (falling ? -1 : 1);
  });
  body.replaceChildren(...people.map((person) => person.row));
  filter();
});
