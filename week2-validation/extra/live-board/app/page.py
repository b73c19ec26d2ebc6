"""A page with the board, to try the app in a browser (provided)."""

PAGE = """<!doctype html>
<meta charset="utf-8">
<title>Kitchen board</title>
<h1>Kitchen board</h1>
<form id="join"><label>Your name: <input name="name" maxlength="20" required></label> <button>Join</button></form>
<form id="write"><label>A note: <input name="text"></label> <button>Send</button></form>
<p>Here now: <span id="people">nobody knows</span></p>
<p id="state">Not connected.</p>
<ul id="notes"></ul>
<p>Events, which need no name: <span id="events">none yet</span></p>
<script>
const find = id => document.getElementById(id);
let socket;
const show = note => {
  const item = document.createElement("li");
  item.textContent = note.by + ": " + note.text;
  find("notes").append(item);
};
const messages = {
  hello: message => { find("notes").replaceChildren(); message.notes.forEach(show); },
  note: show,
  people: message => { find("people").textContent = message.names.join(", "); },
  error: message => { find("state").textContent = "Rejected: " + message.detail; },
};
find("join").onsubmit = event => {
  event.preventDefault();
  if (socket) socket.close();
  const name = new FormData(event.target).get("name");
  const opened = socket = new WebSocket("ws://" + location.host + "/live?name=" + encodeURIComponent(name));
  opened.onopen = () => { find("state").textContent = "Connected."; };
  opened.onmessage = event => {
    const message = JSON.parse(event.data);
    if (messages[message.type]) messages[message.type](message);
  };
  opened.onclose = event => {
    if (opened === socket) find("state").textContent = "Closed with code " + event.code + ". " + event.reason;
  };
};
find("write").onsubmit = event => {
  event.preventDefault();
  if (socket && socket.readyState === 1) socket.send(JSON.stringify({text: new FormData(event.target).get("text")}));
  event.target.reset();
};
new EventSource("/events").onmessage = event => { find("events").textContent = "note " + event.lastEventId; };
</script>
"""
