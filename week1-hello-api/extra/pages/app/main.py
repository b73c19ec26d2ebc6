"""The Museum of Small Things.

Start it in this folder with: uvicorn app.main:app --reload
"""

from fastapi import FastAPI, Request
from fastapi.templating import Jinja2Templates

from app import errors, museum

app = FastAPI(title="Museum of Small Things")
errors.install(app)
templates = Jinja2Templates(museum.TEMPLATES)


# Task 1 is already done.
@app.get("/")
def read_root():
    return {"museum": "Museum of Small Things"}


@app.get("/exhibits/{exhibit_id}/label")
def read_label(exhibit_id: int):
    """Return the label of an exhibit as plain text."""
    # TODO 2: return the name and the year, as plain text.
    raise NotImplementedError("TODO 2: return the label as plain text")


@app.get("/exhibits")
def show_exhibits(request: Request):
    """Show a page with all exhibits."""
    # TODO 3: fill the template exhibits.html, which you also write.
    raise NotImplementedError("TODO 3: show a page with all exhibits")


@app.get("/exhibits/{exhibit_id}")
def show_exhibit(request: Request, exhibit_id: int):
    """Show the page of one exhibit."""
    # TODO 4: fill the template exhibit.html, which you also write.
    raise NotImplementedError("TODO 4: show the page of one exhibit")


@app.get("/exhibits.xml")
def export_exhibits():
    """Return all exhibits as XML."""
    # TODO 5: return all exhibits as XML.
    raise NotImplementedError("TODO 5: return all exhibits as XML")


@app.get("/exhibits/{exhibit_id}/picture")
def read_picture(exhibit_id: int):
    """Return the picture of an exhibit."""
    # TODO 6: return the file, or 404 if the exhibit has no picture.
    raise NotImplementedError("TODO 6: return the picture")


@app.get("/today")
def go_to_exhibit_of_the_day():
    """Send the client to the exhibit of the day."""
    # TODO 6: redirect to the page of the exhibit of the day.
    raise NotImplementedError("TODO 6: redirect to the exhibit of the day")


@app.get("/hours")
def read_hours(request: Request):
    """Return the opening hours as a page or as JSON."""
    # TODO 7: look at the header Accept, and return a page, JSON, or 406. The page is hours.html, which you also write.
    raise NotImplementedError("TODO 7: return a page or JSON")
