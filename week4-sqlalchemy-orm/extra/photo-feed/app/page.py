"""A page with the feed, to try the app in a browser (provided)."""

PAGE = """<!doctype html>
<title>Lightbox</title>
<style>
  body { font-family: sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem }
  img { max-width: 100%; max-height: 20rem; display: block }
  article { margin: 2rem 0 }
</style>
<h1>Lightbox</h1>
<p><label>You are <input id="name" value="ada"></label> <button id="read">Read my feed</button></p>
<form id="post">
  <label>Photo <input type="file" name="photo"></label>
  <label>Caption <input name="caption"></label>
  <button>Post</button>
</form>
<p id="problem" role="alert"></p>
<main></main>
<button id="more" hidden>More</button>
<script>
const by = id => document.getElementById(id), main = document.querySelector("main");
let next = null;

async function ask(path, options) {
  const response = await fetch(path, {...options, headers: {"X-User": by("name").value}});
  by("problem").textContent = response.ok ? "" : `${response.status}: ${await response.text()}`;
  return response;
}

async function read(cursor) {
  const response = await ask("/feed?limit=3" + (cursor ? "&cursor=" + cursor : ""));
  if (!response.ok) return;
  const page = await response.json();
  for (const photo of page.photos) {
    const article = document.createElement("article"), image = document.createElement("img");
    image.src = `/photos/${photo.id}/file`;
    image.alt = photo.caption;
    const text = document.createElement("p");
    text.textContent = `${photo.id}. ${photo.author}: ${photo.caption} (${photo.likes} likes, ${photo.posted_at})`;
    article.append(image, text);
    main.append(article);
  }
  next = page.next;
  by("more").hidden = !next;
}

by("read").onclick = () => { main.replaceChildren(); read(null); };
by("more").onclick = () => read(next);
by("post").onsubmit = async event => {
  event.preventDefault();
  const response = await ask("/photos", {method: "POST", body: new FormData(event.target)});
  if (response.ok) by("read").click();
};
</script>
"""
