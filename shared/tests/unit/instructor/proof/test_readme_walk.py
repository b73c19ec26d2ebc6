"""The README of an extra is run by a shell, next to the solution's app."""

import pytest
from classroom.core.assignment import Assignment
from classroom.instructor.proof import readme_walk
from classroom.student.examples import Example

missing = readme_walk.missing_tools()
needs_tools = pytest.mark.skipif(bool(missing), reason=f"needs {' and '.join(missing)}")
TRUE = """
```console
$ NAME=/
$ curl -i "http://127.0.0.1:8000$NAME"
HTTP/1.1 200 OK

{"hello":...}
```

```sh
echo 'Two rooms' > plan.txt
curl -i http://127.0.0.1:8000/ -H "X-Plan: $(cat plan.txt)"
```
"""
UNTRUE = """
```console
$ curl http://127.0.0.1:8000/
{"hello":"nobody"}
```

```sh
cat no-such-file
curl -i http://127.0.0.1:8000/nowhere
```
"""


@needs_tools
def test_true_readme_has_no_problems(extra):
    """Commands of both kinds of block run in order, in one folder, with the variables of earlier ones."""
    assert readme_walk.problems(Assignment.load(extra), TRUE) == []


@needs_tools
def test_line_that_is_not_true_is_named(extra):
    """A body that differs, a command that fails and a path that does not exist are reported with their lines."""
    found = readme_walk.problems(Assignment.load(extra), UNTRUE)

    assert [problem.partition(", line ")[2].partition(": ")[0] for problem in found] == ["3", "8", "9"]
    assert "No such file" in found[1]
    assert found[2].endswith("the status is 404.")


@needs_tools
@pytest.mark.parametrize("line", ["exit 3", "echo two \\", "cat <<'END'"])
def test_line_that_the_shell_does_not_come_back_from_is_the_last(extra, monkeypatch, line):
    """A line that ends the shell, or leaves it waiting for more, is reported, and the lines below are not run."""
    monkeypatch.setattr(readme_walk, "STEP_SECONDS", 0.3)
    text = f"```sh\n# a comment\n{line}\n```\n\n```console\n$ false\n```\n"

    (found,) = readme_walk.problems(Assignment.load(extra), text)

    assert found.endswith(", line 3: the shell did not reach this line.")


def test_lines_of_sh_blocks_are_steps_that_show_nothing():
    """A console block shows outputs, and an sh block only has commands."""
    text = "```console\n$ true\n1\n```\n\n```sh\nfalse\n\ntrue\n```\n"

    assert readme_walk.steps(text) == [
        (Example(2, "true", ["1"]), True),
        (Example(7, "false"), False),
        (Example(9, "true"), False),
    ]


def test_machine_without_a_shell_is_told(extra, week, monkeypatch):
    """Without bash, curl and timeout an extra's README is left out, with a sentence that says what to install."""
    monkeypatch.setenv("PATH", "/nowhere")

    assert readme_walk.problems(Assignment.load(extra), UNTRUE) == []
    assert readme_walk.skip_reason(Assignment.load(extra)) == (
        f"{extra / 'README.md'} was not run: install bash and curl and timeout, and verify again."
    )
    assert readme_walk.skip_reason(Assignment.load(week)) is None
