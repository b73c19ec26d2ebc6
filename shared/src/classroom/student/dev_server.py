"""uvicorn that dies with its parent: `python -m classroom.student.dev_server app.main:app --reload`.

uvicorn's reloader starts the server by multiprocessing, in a new interpreter that imports this module again: so the
server dies with the reloader, and the reloader with `classroom run`.
"""

from __future__ import annotations

from classroom.core.processes import die_with_parent

die_with_parent()

if __name__ == "__main__":
    import uvicorn

    uvicorn.main(prog_name="uvicorn")
