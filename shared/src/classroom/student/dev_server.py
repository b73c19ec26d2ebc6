"""uvicorn for one's own machine, tied to who started it: `python -m classroom.student.dev_server app.main:app --reload`.

What reloads starts the server as a fresh interpreter, which loads this module again, as multiprocessing has it: so the
server is tied to what reloads, and that to `classroom run`.
"""

from __future__ import annotations

from classroom.core.processes import die_with_parent

die_with_parent()

if __name__ == "__main__":
    import uvicorn

    uvicorn.main(prog_name="uvicorn")
