"use strict";
const { asks, results, pairs } = JSON.parse(document.getElementById("data").textContent);
const body = document.querySelector("#gradebook tbody");
const rows = Array.from(body.rows);
const signs = { "pass": "✔", "fail": "✘", "skipped": "·", "could-not-check": "?" };
const card = document.getElementById("card");
const story = document.getElementById("story");
const box = document.getElementById("filter");
let visible = rows;

// Text of a submission is added as text only, never as markup.
function add(parent, tag, text, name) {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  if (name) element.className = name;
  parent.append(element);
  return element;
}

function open(title, both) {
  story.replaceChildren();
  document.getElementById("card-title").textContent = title;
  for (const name of ["before", "after"]) document.getElementById(name).hidden = both;
  card.classList.toggle("both", both);
  if (!card.open) card.showModal();
  card.scrollTop = 0;
}

function points(result) {
  if (result.score === null || result.status !== "graded") return result.status;
  const bonus = result.bonus ? `, and ${result.bonus} bonus` : "";
  return `${result.score} of ${result.max_score} points${bonus}`;
}

function show(index) {
  const result = results[index];
  open(`${result.submission}: ${points(result)}`, false);
  card.dataset.index = index;
  if (result.commit) add(story, "p", `commit ${result.commit}`, "asks");
  if (result.late) add(story, "p", `late: ${result.late}`, "warn");
  for (const change of result.adjusted) add(story, "p", `adjusted: ${change}`);
  if (result.reason) add(story, "p", result.reason, "warn");
  for (const note of result.notes) add(story, "p", note, "warn");
  for (const task of result.tasks) {
    add(story, "h3", `${signs[task.verdict]} ${task.number}. ${task.title}: ${task.earned}/${task.points}`, task.verdict);
    if (task.reason && task.verdict !== "fail") add(story, "p", task.reason, "asks");
    for (const check of task.checks) {
      const hidden = check.hidden ? " (hidden)" : "";
      const line = add(story, "p", `${signs[check.verdict]} ${asks[check.name]}${hidden}`, "check");
      line.classList.add(check.verdict === "pass" ? "asks" : check.verdict);
      if (check.card) add(story, "pre", check.card);
    }
  }
}

// Two submissions side by side: their own lines, with those that both have marked.
function compare(pair) {
  open(`${pair.left.name} and ${pair.right.name}`, true);
  add(story, "p", "Only the students' own lines, without the starter's. Highlighted: in both submissions and in few others, even with other names. Gray: not on the other side.", "asks");
  const sides = add(story, "div", "", "sides");
  for (const side of [pair.left, pair.right]) {
    const column = add(sides, "div");
    add(column, "h3", side.name);
    let file = null, block = null;
    for (const [name, number, text, kind] of side.lines) {
      if (name !== file) {
        add(column, "p", name, "asks");
        block = add(column, "pre");
        file = name;
      }
      const line = add(block, "span", text || " ", `line ${kind}`);
      line.dataset.number = number;
    }
  }
}

function key(row, by) {
  const result = results[row.dataset.index];
  if (by === "name") return result.submission.toLowerCase();
  if (by === "score") return result.status === "graded" ? result.score : -1;
  return result.tasks[by]?.earned ?? -1;
}

document.querySelector("#gradebook thead").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const head = button.closest("th"), falling = head.getAttribute("aria-sort") === "ascending";
  for (const other of document.querySelectorAll("[aria-sort]")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", falling ? "descending" : "ascending");
  const by = button.dataset.sort;
  rows.sort((a, b) => {
    const left = key(a, by), right = key(b, by);
    return (left < right ? -1 : left > right ? 1 : 0) * (falling ? -1 : 1);
  });
  // Detached while it is rearranged: one layout instead of many.
  const table = body.parentNode;
  body.remove();
  body.append(...rows);
  table.append(body);
  filter();
});

// Return the condition that a word of the filter stands for: score<50, t3<20 (points of task 3), late, notes, or a part of the name or status.
function rule(word) {
  const found = /^(score|points|t(\d+))(<=|>=|<|>|=)(\d+)$/.exec(word);
  if (word === "late") return (result) => Boolean(result.late);
  if (word === "notes") return (result) => result.notes.length > 0;
  if (!found) return (result) => result.submission.toLowerCase().includes(word) || result.status.startsWith(word);
  const bound = Number(found[4]);
  const fits = { "<": (n) => n < bound, ">": (n) => n > bound, "=": (n) => n === bound, "<=": (n) => n <= bound, ">=": (n) => n >= bound }[found[3]];
  if (!found[2]) return (result) => result.score !== null && fits(result.score);
  return (result) => result.tasks.some((task) => task.number === Number(found[2]) && fits(task.earned));
}

function filter() {
  const text = box.value.toLowerCase().trim().replace(/\s*(<=|>=|<|>|=)\s*/g, "$1");
  const rules = text ? text.split(/\s+/).map(rule) : [];
  for (const row of rows) row.hidden = !rules.every((fits) => fits(results[row.dataset.index]));
  visible = rows.filter((row) => !row.hidden);
  document.getElementById("count").textContent = rules.length ? `${visible.length} of ${rows.length}` : `${rows.length}`;
  document.getElementById("none").hidden = visible.length > 0;
  // One tab stop in the whole table; the arrow keys move from there.
  for (const row of rows) row.cells[0].firstElementChild.tabIndex = row === visible[0] ? 0 : -1;
}

function neighbor(from, step) {
  const next = visible[visible.indexOf(from) + step];
  return next ?? from;
}

box.addEventListener("input", filter);
body.addEventListener("click", (event) => {
  const row = event.target.closest("tr");
  if (row) show(row.dataset.index);
});
body.addEventListener("keydown", (event) => {
  const step = { "ArrowDown": 1, "ArrowUp": -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  neighbor(event.target.closest("tr"), step).cells[0].firstElementChild.focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target !== box && !card.open) {
    event.preventDefault();
    box.focus();
  }
  if (event.target === box && event.key === "ArrowDown" && visible.length) {
    event.preventDefault();
    visible[0].cells[0].firstElementChild.focus();
  }
  const step = { "ArrowRight": 1, "ArrowLeft": -1 }[event.key];
  if (step && card.open && !card.classList.contains("both")) turn(step);
});

function turn(step) {
  const row = neighbor(rows.find((candidate) => candidate.dataset.index === card.dataset.index), step);
  show(row.dataset.index);
}

document.getElementById("before").addEventListener("click", () => turn(-1));
document.getElementById("after").addEventListener("click", () => turn(1));
document.getElementById("pairs")?.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) compare(pairs[button.dataset.pair]);
});
card.addEventListener("click", (event) => { if (event.target === card) card.close(); });
card.addEventListener("close", () => {
  const row = rows.find((candidate) => candidate.dataset.index === card.dataset.index);
  if (!card.classList.contains("both") && row) row.cells[0].firstElementChild.focus();
});
document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement.style;
  const dark = root.colorScheme ? root.colorScheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.colorScheme = dark ? "light" : "dark";
});
filter();
