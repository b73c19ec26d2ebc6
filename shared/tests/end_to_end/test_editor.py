"""What an editor finds: setup, tasks and debug configurations whose commands are there, in this house and in both editions."""

import json
import re
from pathlib import Path

import pytest
from classroom.cli.main import parser

ROOT = Path(__file__).resolve().parents[3]
WEEK = ROOT / "shared/src/classroom/instructor/handout/templates/week"
HOUSES = {"the course": (ROOT, ROOT / "Makefile"), "a published week": (WEEK, WEEK.parent / "week.mk")}


def read(folder, name):
    """A file of settings; what an editor asks for is answered with 1."""
    return json.loads(re.sub(r"\$\{input:\w+\}", "1", (folder / name).read_text(encoding="utf-8")))


def targets(makefile):
    """The targets of a Makefile."""
    return set(re.findall(r"^([a-z0-9-]+):", makefile.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.fixture(params=HOUSES)
def house(request):
    """A folder with settings, and its Makefile."""
    return HOUSES[request.param]


def test_tasks_name_what_is_there(house):
    """Each task calls a target of make, or the command with arguments that it takes."""
    folder, makefile = house
    for task in read(folder, ".vscode/tasks.json")["tasks"]:
        if task["command"] == "make":
            assert task["args"][0] in targets(makefile)
        else:
            assert task["command"] == "${command:python.interpreterPath}"
            assert task["args"][:2] == ["-m", "classroom"]
            parser().parse_args(task["args"][2:])


def test_debug_configurations_name_what_is_there(house):
    """Each debug configuration starts the command with arguments that it accepts, and follows it into the app."""
    folder, _ = house
    for one in read(folder, ".vscode/launch.json")["configurations"]:
        assert (one["type"], one["module"], one["subProcess"]) == ("debugpy", "classroom", True)
        arguments = parser().parse_args(one["args"])
        assert arguments.command == "run" or arguments.debug


def test_questions_of_the_editor_are_all_asked(house):
    """Whatever a task or a configuration asks for is declared, and nothing else is."""
    folder, _ = house
    for name in (".vscode/tasks.json", ".vscode/launch.json"):
        text = (folder / name).read_text(encoding="utf-8")
        assert set(re.findall(r"\$\{input:(\w+)\}", text)) == {one["id"] for one in json.loads(text)["inputs"]}


def test_container_is_set_up_by_make(house):
    """The development container takes a Python that the course promises, and a target of make sets it up."""
    folder, makefile = house
    container = read(folder, ".devcontainer/devcontainer.json")

    make, target = container["postCreateCommand"].split()
    assert make == "make"
    assert target in targets(makefile)
    assert re.search(r"python:3\.1[123]-", container["image"])


@pytest.mark.long
def test_editions_bring_them_along(kit, tmp_path):
    """A published week and the published course hold these files; the course's are the house's own."""
    course = kit.course(tmp_path)
    for name in (".vscode", ".devcontainer"):
        (course / name).symlink_to(ROOT / name)

    kit.classroom("publish", "1", "--to", tmp_path / "week", cwd=course)
    kit.classroom("publish", "all", "--to", tmp_path / "all", cwd=course)

    for name in (".vscode/tasks.json", ".vscode/launch.json", ".devcontainer/devcontainer.json"):
        assert (tmp_path / "week" / name).read_bytes() == (WEEK / name).read_bytes()
        assert (tmp_path / "all" / name).read_bytes() == (ROOT / name).read_bytes()


@pytest.mark.long
def test_check_under_a_debugger_has_no_limits(kit, tmp_path):
    """With --debug, a response that takes longer than its limit is still awaited."""
    week = kit.course(tmp_path) / "week1-tiny"
    text = (week / "grading/solution/app/main.py").read_text()
    (week / "app/main.py").write_text(
        text.replace('    return {"double"', '    import time\n    time.sleep(1.5)\n    return {"double"')
    )
    about = week / "assignment.toml"
    about.write_text(about.read_text().replace("request_s = 240", "request_s = 0.3"))  # 1.2 on the busiest machine

    plain = kit.classroom("check", "--task", "2", cwd=week)
    debugged = kit.classroom("check", "--task", "2", "--debug", cwd=week)

    assert (plain.status, debugged.status) == (1, 0)
