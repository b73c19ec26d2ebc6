"use strict";
const results = JSON.parse(document.getElementById("data").textContent);
const body = document.querySelector("#gradebook tbody");
const rows = Array.from(body.rows);
const signs = { "pass": "✔", "fail": "✘", "skipped": "·", "could-not-check": "?" };
const card = document.getElementById("card");

// Text of a submission goes into the page as text and as nothing else.
function add(parent, tag, text, name) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (name) made.className = name;
  parent.append(made);
  return made;
}

function show(index) {
  const result = results[index];
  const story = document.getElementById("story");
  story.replaceChildren();
  const points = result.score === null ? result.status : `${result.score} of ${result.max_score} points`;
  add(story, "h2", `${result.submission}: ${points}`);
  if (result.commit) add(story, "p", `commit ${result.commit}`, "asks");
  if (result.reason) add(story, "p", result.reason, "warn");
  for (const note of result.notes) add(story, "p", note, "warn");
  for (const task of result.tasks) {
    add(story, "h3", `${signs[task.verdict]} ${task.number}. ${task.title}: ${task.earned}/${task.points}`, task.verdict);
    if (task.reason) add(story, "p", task.reason, "asks");
    for (const check of task.checks) {
      const line = add(story, "p", `${signs[check.verdict]} ${check.asks}${check.hidden ? " (hidden)" : ""}`, "asks");
      line.classList.add(check.verdict);
      if (check.verdict === "pass" || check.verdict === "skipped") continue;
      const parts = [check.message, check.request, check.answer, check.printed].filter(Boolean);
      if (parts.length) add(story, "pre", parts.join("\n\n"));
    }
  }
  if (!card.open) card.showModal();
  card.scrollTop = 0;
  card.dataset.index = index;
}

function key(row, by) {
  const result = results[row.dataset.index];
  if (by === "name") return result.submission.toLowerCase();
  if (by === "score") return result.score ?? -1;
  return result.tasks[by]?.earned ?? -1;
}

document.querySelector("#gradebook thead").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const falling = button.getAttribute("aria-sort") === "ascending";
  for (const other of document.querySelectorAll("[aria-sort]")) other.removeAttribute("aria-sort");
  button.setAttribute("aria-sort", falling ? "descending" : "ascending");
  const by = button.dataset.sort;
  rows.sort((a, b) => {
    const one = key(a, by), other = key(b, by);
    return (one < other ? -1 : one > other ? 1 : 0) * (falling ? -1 : 1);
  });
  body.append(...rows);
});

function filter(text) {
  const rule = /^\s*(?:score|points)\s*(<=|>=|<|>|=)\s*(\d+)\s*$/.exec(text);
  let shown = 0;
  for (const row of rows) {
    const result = results[row.dataset.index];
    let fits;
    if (rule) {
      const score = result.score ?? -1, bound = Number(rule[2]);
      fits = { "<": score < bound, ">": score > bound, "=": score === bound, "<=": score <= bound, ">=": score >= bound }[rule[1]];
    } else {
      fits = result.submission.toLowerCase().includes(text.trim().toLowerCase());
    }
    row.hidden = !fits;
    shown += fits;
  }
  document.getElementById("count").textContent = shown === rows.length ? `${shown}` : `${shown} of ${rows.length}`;
}

document.getElementById("filter").addEventListener("input", (event) => filter(event.target.value));
body.addEventListener("click", (event) => {
  const row = event.target.closest("tr");
  if (row) show(row.dataset.index);
});
body.addEventListener("keydown", (event) => {
  const row = event.target.closest("tr");
  if (!row) return;
  if (event.key === "Enter") show(row.dataset.index);
  const visible = rows.filter((one) => !one.hidden);
  const step = { "ArrowDown": 1, "ArrowUp": -1 }[event.key];
  if (step) {
    event.preventDefault();
    visible[visible.indexOf(row) + step]?.focus();
  }
});
card.addEventListener("click", (event) => { if (event.target === card) card.close(); });
filter("");
