// The card of a student: what was graded beside what came of it; and two submissions side by side.
const card = find("#card"), story = find("#story");
let shown = null; // { week, index } of the student whose card is open

function open(title, sub, both) {
  story.replaceChildren();
  find("#card-title").textContent = title;
  find("#card-sub").textContent = sub;
  for (const name of ["before", "after"]) document.getElementById(name).hidden = both;
  card.classList.toggle("both", both);
  if (!card.open) card.showModal();
  card.scrollTop = 0;
}

function show(index, week) {
  const result = weeks[week].results[index];
  shown = { week, index };
  const who = result.submission === result.name ? "" : `${result.submission} · `;
  open(result.name, `${who}${points(result)}`, false);
  otherWeeks(result, week);
  facts(result);
  const columns = add(story, "div", "", "columns");
  const left = add(columns, "div", "", "verdicts");
  if (!result.tasks.length) add(left, "p", result.reason ?? { "missing": "Nothing was submitted.", "excused": "Excused from this week." }[result.status] ?? "There is nothing to show.", "empty");
  for (const task of result.tasks) showTask(left, weeks[week], task);
  if (result.files.length || result.left_out.length) showCode(columns, result);
}

// Where there are several weeks, the card leads to the student's others.
function otherWeeks(result, week) {
  const line = term?.lines.find((line) => line.results[week] !== null && weeks[week].results[line.results[week]] === result);
  if (!line) return;
  const nav = add(story, "nav", "", "tabs");
  nav.setAttribute("aria-label", `Weeks of ${result.name}`);
  line.results.forEach((index, number) => {
    const other = index === null ? null : weeks[number].results[index];
    const link = add(nav, other ? "a" : "span", `${weeks[number].title} · ${other ? (counts(other) ? other.score : statusOf(other)) : "missing"}`);
    if (other) link.href = address(other.submission, number);
    if (number === week) link.setAttribute("aria-current", "page");
  });
}

function facts(result) {
  const list = add(story, "dl", "", "facts");
  const fact = (name, text, kind) => {
    const pair = add(list, "div");
    add(pair, "dt", name);
    return add(pair, "dd", text, kind);
  };
  if (result.submitted) fact("Submitted", result.submitted);
  if (result.commit) fact("Commit", result.commit.slice(0, 10), "mono");
  if (result.late) fact("Late", result.late, "warn");
  if (result.outdated) fact("Handout", "has not merged the new handout", "warn");
  if (result.pushes.length) {
    const cell = fact(result.received ? "Pushes" : "Commits", ""), details = add(cell, "details");
    add(details, "summary", `${result.pushes.length}, the last ${when(result.pushes.at(-1)[0])}`);
    const times = add(details, "ol");
    for (const [time, commit] of result.pushes) {
      const item = add(times, "li", when(time));
      add(item, "span", ` ${commit}`, "mono");
      if (result.commit?.startsWith(commit)) add(item, "span", "graded", "badge");
    }
  }
  for (const change of result.adjusted) fact("Adjusted", change);
  if (result.reason && result.tasks.length) fact("Reason", result.reason, "warn");
  for (const note of result.notes) fact("Note", note, "warn");
  if (result.interview) fact("Interview", result.interview, "mono");
  if (!list.children.length) list.remove();
}

function when(time) {
  return time || "time unknown";
}

function sign(parent, verdict) {
  const mark = add(parent, "span", signs[verdict], "sign");
  mark.setAttribute("aria-hidden", "true");
  add(parent, "span", `${words[verdict]}: `, "sr");
}

function showTask(parent, week, task) {
  const { title } = taskOf(week, task.number);
  const heading = add(parent, "h3", "", task.verdict);
  sign(heading, task.verdict);
  add(heading, "span", `${task.number}. ${title}`, "what");
  add(heading, "span", `${task.earned}/${task.points}`, "earned");
  if (task.reason) add(parent, "p", task.reason, "asks");
  const list = add(parent, "ul", "", "verdict-list");
  for (const [index, verdict, text, places] of task.checks) {
    const check = week.checks[index], item = add(list, "li", "", verdict);
    const line = add(item, "p");
    sign(line, verdict);
    add(line, "span", check.asks);
    if (check.hidden) add(line, "span", "hidden", "badge");
    if (text) add(item, "pre", text);
    for (const [file, number] of places ?? []) {
      const button = add(item, "button", `${file}, line ${number}`, "place");
      button.type = "button";
      button.dataset.file = file;
      button.dataset.line = number;
    }
  }
}

function showCode(parent, result) {
  const named = new Set(result.tasks.flatMap((task) => task.checks.flatMap((check) => (check[3] ?? []).map((place) => place.join("\n")))));
  const column = add(parent, "div", "", "code");
  add(column, "h3", "The code that was graded");
  for (const file of result.files) {
    add(column, "h4", file.name);
    const block = add(column, "pre");
    block.tabIndex = 0;
    block.setAttribute("role", "region");
    block.setAttribute("aria-label", file.name);
    let next = 1;
    for (const [start, lines] of [...file.parts, [file.lines + 1, []]]) {
      if (start > next) add(block, "span", start - next === 1 ? `line ${next} is left out` : `lines ${next} to ${start - 1} are left out`, "gap");
      lines.forEach((text, offset) => {
        const line = add(block, "span", text || " ", named.has(`${file.name}\n${start + offset}`) ? "line named" : "line");
        line.dataset.number = start + offset;
        line.dataset.file = file.name;
      });
      next = start + lines.length;
    }
  }
  const short = result.files.some((file) => file.parts.reduce((sum, part) => sum + part[1].length, 0) < file.lines);
  if (short) add(column, "p", "The page has no room for all of it: it keeps the lines that the checks name.", "small");
  for (const reason of result.left_out) add(column, "p", `Left out: ${reason}`, "small");
}

story.addEventListener("click", (event) => {
  const button = event.target.closest("button.place");
  if (!button) return;
  for (const line of story.querySelectorAll(".line.found")) line.classList.remove("found");
  const lines = Array.from(story.querySelectorAll(".code .line"));
  const line = lines.find((one) => one.dataset.file === button.dataset.file && one.dataset.number === button.dataset.line);
  if (!line) return;
  line.classList.add("found");
  line.scrollIntoView({ block: "center" });
});

// Two submissions side by side: their own lines, with those that both have marked.
function compare(pair, week) {
  shown = null;
  const percent = (share) => `${Math.round(100 * share)} %`;
  open(`${pair.left.label} and ${pair.right.label}`, `${percent(pair.rare_overlap)} shared · ${percent(pair.similarity)} similar`, true);
  add(story, "p", "Only the students' own lines, without the starter's. Highlighted: in both submissions and not common, even with other names. Gray: not on the other side.", "asks");
  const sides = add(story, "div", "", "sides");
  for (const side of [pair.left, pair.right]) {
    const column = add(sides, "div");
    const heading = add(column, "h3", side.known ? side.label : "");
    if (!side.known) add(heading, "a", side.label).href = address(side.name, week);
    let file = null, block = null;
    for (const [name, number, text, kind] of side.lines) {
      if (name !== file) {
        add(column, "h4", name);
        block = add(column, "pre");
        block.tabIndex = 0;
        block.setAttribute("role", "region");
        block.setAttribute("aria-label", `${name} of ${side.label}`);
        file = name;
      }
      const line = add(block, "span", text || " ", `line ${kind || "own"}`);
      line.dataset.number = number;
    }
  }
}
