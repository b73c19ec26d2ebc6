// Lets a folder, files or a ZIP be dropped on the panel "Hand in without git"; its form works without this script, too.
(() => {
  "use strict";
  const panel = document.getElementById("panel-hand-in");
  if (!panel) return; // a student who needs a team first
  const SKIPPED = new Set([".git", ".venv", "venv", "node_modules", "__pycache__", "__MACOSX"]);
  const LOST = "The classroom could not be reached, so nothing was handed in. Try again.";

  // Add the files of an entry, which may be a folder, each under its path.
  async function collect(entry, path, files) {
    if (entry instanceof File) {
      files.push([path, entry]);
    } else if (entry.isFile) {
      files.push([path, await new Promise((resolve, reject) => entry.file(resolve, reject))]);
    } else if (!SKIPPED.has(entry.name)) {
      const reader = entry.createReader();
      for (;;) { // each call returns a hundred entries at most
        const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
        if (!entries.length) return;
        for (const each of entries) await collect(each, `${path}/${each.name}`, files);
      }
    }
  }

  function say(sentence, kind) {
    panel.querySelector("details").open = true;
    panel.querySelector("details > [role]")?.remove();
    const line = document.createElement("p");
    line.className = kind;
    line.setAttribute("role", kind === "problem" ? "alert" : "status");
    line.textContent = sentence;
    panel.querySelector("summary").after(line);
  }

  async function send(entries) {
    const form = panel.querySelector("form");
    const files = [], fields = new FormData(form);
    fields.delete("files");
    for (const entry of entries) await collect(entry, entry.name, files);
    for (const [path, file] of files) fields.append("files", file, path);
    say("Sending …", "soft");
    const response = await fetch(form.action, {method: "POST", body: fields});
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById(panel.id);
    if (fresh) panel.innerHTML = fresh.innerHTML;
    else say((page.querySelector("main p") ?? page.body).textContent, "problem");
    invite();
  }

  function invite() {
    const hint = panel.querySelector(".drop");
    if (hint) hint.hidden = false;
  }

  for (const kind of ["dragover", "dragleave", "drop"]) {
    panel.addEventListener(kind, event => {
      if (!panel.querySelector("form")) return;
      event.preventDefault();
      panel.classList.toggle("over", kind === "dragover");
    });
  }
  panel.addEventListener("drop", event => {
    if (!panel.querySelector("form")) return;
    // The entries are there only as long as the event is handled.
    const entries = [...event.dataTransfer.items].map(item => item.webkitGetAsEntry() ?? item.getAsFile());
    send(entries.filter(entry => entry)).catch(() => say(LOST, "problem"));
  });
  invite();
})();
