"""How a task is undone in files that have no functions."""

from classroom.core.assignment import Assignment
from classroom.core.imports import starter_files
from classroom.instructor.proof.undone import read_undone, undo


def test_files_without_functions_are_restored_as_a_whole(week, tmp_path):
    """A Dockerfile, .dockerignore and a file in YAML with the TODO of a task replace the solution's; others stay."""
    names = ("Dockerfile", ".dockerignore", "compose.yaml", "other.yaml")
    text = (week / "assignment.toml").read_text(encoding="utf-8")
    parts = ", ".join(f'"{name}"' for name in ("app", *names))
    (week / "assignment.toml").write_text(f"student_files = [{parts}]\n{text}", encoding="utf-8")
    for name in names:
        (week / name).write_text("# TODO 7\n" if name == "other.yaml" else "# TODO 2: write it\n", encoding="utf-8")
        (tmp_path / "copy").mkdir(exist_ok=True)
        (tmp_path / "copy" / name).write_text("done\n", encoding="utf-8")
    assignment = Assignment.load(week)

    undo([read_undone(assignment, 2)], assignment, tmp_path / "copy")

    left = {name: (tmp_path / "copy" / name).read_text(encoding="utf-8") for name in names}
    assert left == dict.fromkeys(names[:3], "# TODO 2: write it\n") | {"other.yaml": "done\n"}
    assert {path.name for path in starter_files(assignment)} >= set(names)
