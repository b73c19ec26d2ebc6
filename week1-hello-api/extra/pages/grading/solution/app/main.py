"""The Museum of Small Things.

Start it in this folder with: uvicorn app.main:app --reload
"""

from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from app import errors, museum
from app.collection import EXHIBIT_OF_THE_DAY, EXHIBITS, HOURS

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
    exhibit = museum.find_exhibit(exhibit_id)
    return PlainTextResponse(f"{exhibit['name']} ({exhibit['year']})")


@app.get("/exhibits")
def show_exhibits(request: Request):
    """Show a page with all exhibits."""
    return templates.TemplateResponse(request, "exhibits.html", {"exhibits": EXHIBITS})


@app.get("/exhibits/{exhibit_id}")
def show_exhibit(request: Request, exhibit_id: int):
    """Show the page of one exhibit."""
    exhibit = museum.find_exhibit(exhibit_id)
    return templates.TemplateResponse(request, "exhibit.html", {"exhibit": exhibit})


@app.get("/exhibits.xml")
def export_exhibits():
    """Return all exhibits as XML."""
    root = Element("exhibits")
    for exhibit in EXHIBITS:
        entry = SubElement(root, "exhibit", id=str(exhibit["id"]))
        SubElement(entry, "name").text = exhibit["name"]
        SubElement(entry, "year").text = str(exhibit["year"])
    return Response(tostring(root, encoding="utf-8"), media_type="application/xml")


@app.get("/exhibits/{exhibit_id}/picture")
def read_picture(exhibit_id: int):
    """Return the picture of an exhibit."""
    picture = museum.find_exhibit(exhibit_id)["picture"]
    if picture is None:
        raise HTTPException(404, "This exhibit has no picture")
    return FileResponse(museum.PICTURES / picture)


@app.get("/today")
def go_to_exhibit_of_the_day():
    """Send the client to the exhibit of the day."""
    return RedirectResponse(f"/exhibits/{EXHIBIT_OF_THE_DAY}")


@app.get("/hours")
def read_hours(request: Request):
    """Return the opening hours as a page or as JSON."""
    accepted = request.headers.get("Accept", "*/*")
    varies = {"Vary": "Accept"}
    if "text/html" in accepted:
        return templates.TemplateResponse(request, "hours.html", {"hours": HOURS}, headers=varies)
    if "application/json" in accepted or "*/*" in accepted:
        return JSONResponse(HOURS, headers=varies)
    raise HTTPException(406, "There are the hours as text/html and as application/json")
