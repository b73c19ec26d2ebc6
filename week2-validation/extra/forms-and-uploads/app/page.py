"""A page with forms, to try the app in a browser (provided)."""

PAGE = """<!doctype html>
<title>Lost and found</title>
<h1>Lost and found</h1>
<form action="/finds" method="post">
  <p><label>What did you find? <input name="what"></label></p>
  <p><label>Where? <input name="place"></label></p>
  <p><button>Send</button></p>
</form>
<form action="/finds/1/photo" method="post" enctype="multipart/form-data">
  <p><label>A photo of find 1: <input type="file" name="photo"></label> <button>Upload</button></p>
</form>
<form action="/documents" method="post" enctype="multipart/form-data">
  <p><label>A document: <input type="file" name="document"></label> <button>Upload</button></p>
</form>
"""
