"""Dockerfiles are read as Docker reads them."""

import pytest
from classroom import Dockerfile
from classroom.checks.expect import Failure

IMAGE = """\
# syntax=docker/dockerfile:1
ARG VERSION=3.13

FROM python:${VERSION}-slim AS packages
RUN pip install \\
    # a comment between two lines
    --no-cache-dir fastapi

FROM packages
ARG VERSION
ENV PORT=8000 NAME="a poll"
USER poll
copy --from=packages --chown=poll:poll /a /b
EXPOSE ${PORT}
CMD ["uvicorn", "app.main:app"]
"""


def names(stage):
    """Return the names of a stage's instructions."""
    return [found.name for found in stage.instructions]


def test_stages_and_their_bases():
    """Each FROM begins a stage, whose image has the values of ARG above the first one."""
    file = Dockerfile(IMAGE)

    assert [(stage.base, stage.name) for stage in file.stages] == [("python:3.13-slim", "packages"), ("packages", "")]
    assert names(file.stages[0]) == ["RUN"]


def test_image_is_made_of_the_stages_below_it():
    """The image has the instructions of the stage that the last one is based on, and begins with that one's image."""
    image = Dockerfile(IMAGE).image

    assert image.base == "python:3.13-slim"
    assert names(image) == ["RUN", "ARG", "ENV", "USER", "COPY", "EXPOSE", "CMD"]


def test_continued_lines_are_one_instruction():
    """A backslash continues a line, and comments in between are left out; the place is the first line."""
    run = Dockerfile(IMAGE).stages[0].last("RUN")

    assert run.text == "pip install --no-cache-dir fastapi"
    assert run.where == "Dockerfile, line 5"


def test_values_of_variables():
    """ARG inherits what stands above FROM, ENV sets several values, and both are replaced in other instructions."""
    image = Dockerfile(IMAGE).image

    assert image.variables["VERSION"] == "3.13"
    assert image.filled(image.last("EXPOSE").text) == "8000"
    assert image.filled("$NAME ${MISSING:-none} ${PORT:+some} \\$NAME") == "a poll none some $NAME"


def test_flags_are_not_words():
    """The flags of an instruction are apart from its words, and its name may be in small letters."""
    copy = Dockerfile(IMAGE).image.last("COPY")

    assert copy.flags == {"from": "packages", "chown": "poll:poll"}
    assert copy.words == ["/a", "/b"]


@pytest.mark.parametrize(
    ("command", "listed"),
    [
        ('["a", "b c"]', ["a", "b c"]),
        ("['a', 'b']", None),
        ('["a", "b",]', None),
        ("a b", None),
        ("[1]", None),
        ("[" * 5000, None),
    ],
)
def test_exec_form_is_a_list_in_json(command, listed):
    """Only a list of texts in JSON is the exec form; Docker passes anything else to a shell."""
    assert Dockerfile(f"FROM a\nCMD {command}").image.last("CMD").listed == listed


def test_heredoc_belongs_to_its_instruction():
    """The lines of a heredoc are not instructions."""
    image = Dockerfile("FROM a\nRUN <<END\nUSER root\napt-get install curl\nEND\nUSER poll\n").image

    assert names(image) == ["RUN", "USER"]
    assert "apt-get install curl" in image.last("RUN").text


def test_other_character_continues_lines():
    """The directive `escape` changes the character that continues a line."""
    assert Dockerfile("# escape=`\nFROM a\nRUN b `\n  c\n").image.last("RUN").text == "b c"


def test_stage_by_name_or_number():
    """COPY --from names a stage by its name or number; anything else is another image."""
    file = Dockerfile(IMAGE)

    assert file.stage("PACKAGES") is file.stage("0") is file.stages[0]
    assert file.stage("nginx:1") is None
    assert file.stage("7") is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "has no FROM"),
        ("# nothing\n", "has no FROM"),
        ("RUN a\nFROM b", "line 1: RUN comes before FROM"),
        ("FROM a\n\nCOPPY b c", "line 3: Docker has no instruction 'COPPY'"),
        ("FROM a b", "line 1: FROM takes an image"),
        ("FROM a\nRUN", "line 2: nothing follows RUN"),
    ],
)
def test_what_docker_does_not_accept(text, sentence):
    """A file that Docker would not accept fails with the line and the reason."""
    with pytest.raises(Failure, match=sentence):
        Dockerfile(text)


def test_variables_cannot_grow_without_end():
    """Variables that double each other's values stay short."""
    lines = "\n".join(f"ENV V{number + 1}=$V{number}$V{number}" for number in range(300))

    assert len(Dockerfile(f"FROM a\nENV V0=abc\n{lines}").image.variables["V300"]) <= 2000
