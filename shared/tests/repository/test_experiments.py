"""Week 5's experiments: the commands exist, what they print has the shown form, and the claims are those of the lesson."""

import re
import shlex
from pathlib import Path

import pytest
from classroom.cli.main import parser
from classroom.student.load import Counts, Figures
from classroom.student.load.report import Report
from rich.console import Console

PAGE = (Path(__file__).resolve().parents[3] / "week5-system-design" / "EXPERIMENTS.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^(?:\$ )?python -m classroom (.+)$", PAGE, re.MULTILINE)
EXPERIMENTS = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("command", sorted(set(COMMANDS)))
def test_a_command_exists(command):
    """Each command on the page is one that the command line accepts."""
    assert parser().parse_args(shlex.split(command)).command == "load"


def test_each_experiment_asks_first_and_explains_last():
    """There are at least eight experiments: predict, try, the figures, why."""
    assert len(EXPERIMENTS) >= 8
    for text in EXPERIMENTS:
        predict, table, why = (text.index(word) for word in ("**Predict.**", "\n| ", "**Why.**"))
        assert predict < table < why, text.splitlines()[0]


def test_the_shown_report_has_the_form_of_a_real_one(capsys):
    """The rows of the example are those that `load` prints."""
    figures = Figures(10, 1, 0.1, 0.1, 0.1, 0)
    counts = Counts({"a": 1, "b": 1}, 0, 1, 1, 1, 1, 1, 1)
    Report(100, 10, 0.1, figures, counts).print(Console(width=80))
    shown = PAGE[PAGE.index("$ python") :].partition("```")[0].splitlines()[1:]

    def labels(lines):
        return [re.split(r"\s{3,}", line.strip())[0] for line in lines if line.strip()]

    printed = capsys.readouterr().out.splitlines()
    assert labels(shown)[0] == labels(printed)[0] == "100 requests a second for 10 s, 10% writers"
    assert labels(shown)[1:] == labels(printed)[1:]
