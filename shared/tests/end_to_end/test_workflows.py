"""The workflows, rehearsed: each `run:` step runs unchanged, in a clean checkout, with what Actions would provide."""

import base64
import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from types import SimpleNamespace

import pytest
from github_stand_in import GitHub
from github_stand_in.server import served
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[3]
OURS = ROOT / ".github/workflows"
PUBLISHED = ROOT / "shared/src/classroom/instructor/handout/templates/week/.github/workflows/classroom.yml"
ACCEPT = PUBLISHED.parents[3] / "accept/.github"
FORMS = {"accept.yml": "vendor.github-issue-forms", "config.yml": "vendor.github-issue-config"}
ROSTER = "identifier,github_username,name\nA,ada,Ada Lovelace\nB,bob,Bob Ross\nC,cleo,Cleo\nD,dora,Dora\nN,nobody,\n"
ADJUSTMENTS = "student,week,kind,value,note\nDora,week1-tiny,excuse,,\nBob Ross,week1-tiny,comment,Well done,\n"
SHARED = """

def weave(threads, colors):
    pattern, shuttle = [], 17
    for index, thread in enumerate(reversed(threads)):
        shuttle = (shuttle * 31 + len(thread)) % 101
        if shuttle > 50 and colors.get(thread, "gray") != "gray":
            pattern.append((index, colors[thread].upper(), shuttle // 3))
        elif thread.startswith("warp"):
            pattern.insert(0, (shuttle, thread[4:], -index))
    return sorted(pattern, key=lambda knot: (knot[2], knot[0]), reverse=True)[: max(3, shuttle)]
"""
NAME = re.compile(r"\b[a-z_]+(?:\.[\w-]+)+")


def load(path):
    """A workflow."""
    return YAML(typ="safe").load(path)


class Runner:
    """Stands in for GitHub's: fills in expressions, runs `run:` by bash, and has a function for each action used."""

    def __init__(self, room, workflow, source, environment, **context):
        self.room = room
        self.workflow = load(workflow)
        self.source = source
        self.environment = environment
        self.context = {"runner": {"os": "Linux"}, "vars": {}, "secrets": {}, "inputs": {}, **context}
        self.artifacts = room / "artifacts"
        self.log = ""
        self.count = 0

    def look_up(self, path):
        """Return the value of `a.b.c`; a missing one is an empty text."""
        value = self.context
        for word in path.split("."):
            value = value.get(word, "") if isinstance(value, dict) else ""
        return value

    def value(self, expression):
        """Return the value of an expression."""
        expression = re.sub(r"hashFiles\([^)]*\)", "'a-hash'", expression).replace("fromJSON", "json.loads")
        parts = re.split(r"('[^']*')", expression)
        python = ""
        for part in parts:
            if part.startswith("'"):
                python += part
                continue
            text = NAME.sub(lambda match: f"look_up({match[0]!r})" if match[0] != "json.loads" else match[0], part)
            python += re.sub(r"!(?!=)", " not ", text.replace("&&", " and ").replace("||", " or "))
        around = {"look_up": self.look_up, "cancelled": lambda: False, "json": json}
        return eval(python.strip(), around)

    def fill(self, text):
        """A text with its expressions filled in."""
        return re.sub(r"\$\{\{(.*?)\}\}", lambda match: str(self.value(match[1])), str(text))

    def job(self, name, **context):
        """Run a job in a checkout of its own; return its conclusion, checkout and outputs."""
        job = self.workflow["jobs"][name]
        self.context |= {"steps": {}, **context}
        self.count += 1
        workspace = self.room / f"job {self.count}"
        workspace.mkdir(parents=True)
        failed = None
        for step in job["steps"]:
            condition = step.get("if")
            wanted = failed is None if condition is None else bool(self.value(condition.strip("${} ")))
            if failed and "cancelled" not in str(condition or ""):
                wanted = False
            if wanted and not self.step(step, workspace):
                failed = failed or step.get("name", step.get("uses"))
        outputs = {key: self.fill(text) for key, text in job.get("outputs", {}).items()}
        return SimpleNamespace(failed=failed, workspace=workspace, outputs=outputs)

    def step(self, step, workspace):
        """Run one step; return whether it succeeded."""
        files = {
            name: self.room / f"{self.count}-{name}" for name in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
        }
        files["GITHUB_OUTPUT"].write_text("")
        for path in files.values():
            path.touch()
        own = {key: self.fill(text) for key, text in {**self.workflow.get("env", {}), **step.get("env", {})}.items()}
        given = dict(line.split("=", 1) for line in files["GITHUB_ENV"].read_text().splitlines())
        around = {
            **self.environment,
            **{key: str(path) for key, path in files.items()},
            "GITHUB_ACTIONS": "true",
            "CI": "true",
            "GITHUB_WORKSPACE": str(workspace),
            "GITHUB_SHA": "5" * 40,
            **given,
            **own,
        }
        if "uses" in step:
            action = step["uses"].partition("@")[0].replace("/", "_").replace("-", "_")
            inputs = {key: self.fill(text) for key, text in step.get("with", {}).items()}
            outputs = getattr(self, action)(workspace, inputs, around) or {}
            status = 0
        else:
            command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", self.fill(step["run"])]
            done = subprocess.run(
                command,
                cwd=workspace,
                env=around,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            self.log += f"\n## {step['name']}\n{done.stdout}"
            status = done.returncode
            outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
        self.summary = files["GITHUB_STEP_SUMMARY"].read_text()
        if "id" in step:
            self.context["steps"][step["id"]] = {"outputs": outputs}
        return status == 0

    def actions_checkout(self, workspace, inputs, around):
        """A clone that keeps no credentials."""
        assert inputs["persist-credentials"] == "False"
        subprocess.run(["git", "clone", "--quiet", self.source, workspace], check=True, env=around)

    def actions_setup_python(self, workspace, inputs, around):
        """This Python, by its number."""
        return {"python-version": "{}.{}.{}".format(*sys.version_info)}

    def actions_cache(self, workspace, inputs, around):
        """Nothing kept yet."""
        return {"cache-hit": "false"}

    def actions_upload_artifact(self, workspace, inputs, around):
        """A folder, kept under a name."""
        shutil.copytree(workspace / inputs["path"], self.artifacts / inputs["name"])

    def actions_download_artifact(self, workspace, inputs, around):
        """One that was kept under a name, or all under names like this."""
        if "name" in inputs:
            shutil.copytree(self.artifacts / inputs["name"], workspace / inputs["path"])
            return
        for place in self.artifacts.glob(inputs["pattern"]):
            shutil.copytree(place, workspace / inputs["path"] / place.name)

    def classroom_resources_autograding_grading_reporter(self, workspace, inputs, around):
        """Return the points that the reporter would report."""
        runners = [
            json.loads(base64.b64decode(around[f"{name.upper()}_RESULTS"])) for name in inputs["runners"].split(",")
        ]
        earned = sum(test["score"] for runner in runners for test in runner["tests"])
        self.points = f"{earned}/{sum(runner['max_score'] for runner in runners)}"


def program(folder, name, text):
    """A small program on the search path."""
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


def environment_of(kit, room):
    """What a runner's machine has: a search path with sudo on it, and a Python whose pip needs no network."""
    tools = room / "tools"
    tools.mkdir(parents=True)
    program(tools, "sudo", '#!/bin/sh\necho "sudo $*"\n')
    # In place of pip, a line that leads to the vendored kit and to the packages of the Python that runs these tests.
    (tools / "pip.py").write_text(
        "import pathlib, sysconfig\n"
        "site = pathlib.Path(sysconfig.get_path('purelib'), 'kit.pth')\n"
        f"site.write_text(str(pathlib.Path('kit/src').resolve()) + {chr(10) + sysconfig.get_path('purelib') + chr(10)!r})\n"
    )
    packages = f".venv/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
    make = f"{shlex.quote(sys.executable)} -m venv --without-pip .venv"
    program(tools, "python3", f"#!/bin/sh\nset -e\n{make}\ncp {tools}/pip.py {packages}/pip.py\n")
    # In place of prepare.py, the commands of the environment that runs these tests.
    program(
        tools,
        "prepare",
        f"""#!/bin/sh
mkdir -p .venv/bin
for name in python classroom; do
  printf '#!/bin/sh\\nexec "{Path(sys.executable).parent}/%s" "$@"\\n' $name > .venv/bin/$name
  chmod +x .venv/bin/$name
done
""",
    )
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    return kit.environment(PATH=path, MAKEFLAGS=f"PREPARE={tools}/prepare")


@pytest.fixture(scope="module")
def course(kit, tmp_path_factory):
    """The course as a repository."""
    place = tmp_path_factory.mktemp("workflows") / "course"
    place.mkdir()
    kit.course(place)
    (place / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/instructor.mk", place / ".ci")
    (place / "cohorts").mkdir()
    (place / ".gitignore").write_text(".venv/\n")
    (place / "roster.csv").write_text(ROSTER)
    (place / "adjustments.csv").write_text(ADJUSTMENTS)
    names = "".join(f"school/week1-tiny-{name}\n" for name in ("ada", "bob", "cleo", "nobody"))
    (place / "cohorts/week1.txt").write_text(f"# Week 1\n{names}")
    kit.git(place, "init", "--quiet", "--initial-branch", "main")
    kit.git(place, "add", "--all")
    kit.git(place, "commit", "--quiet", "--message", "Course")
    return place


def test_workflows_fit_their_schema():
    """Every workflow that is handed out matches GitHub's schema."""
    checker = Path(sys.executable).with_name("check-jsonschema")
    command = [checker, "--builtin-schema", "vendor.github-workflows", PUBLISHED, ACCEPT / "workflows/accept.yml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", [PUBLISHED, ACCEPT / "workflows/accept.yml"], ids=lambda path: path.stem)
def test_workflows_take_no_more_than_they_need(path):
    """A workflow that is handed out has read permission at most, and pins each action to a commit."""
    used = [step["uses"] for job in load(path)["jobs"].values() for step in job["steps"] if "uses" in step]

    assert load(path)["permissions"] in ({"contents": "read"}, {})
    assert [one for one in used if not re.search(r"@[0-9a-f]{40}$", one)] == []


@pytest.mark.parametrize(
    "path",
    [
        *(OURS / f"{name}.yml" for name in ("autograde", "dashboard", "grade-cohort", "publish")),
        PUBLISHED,
        ACCEPT / "workflows/accept.yml",
    ],
    ids=lambda path: path.stem,
)
def test_workflows_call_make_and_the_command_alone(path):
    """A `run:` step is a target of make, the command `classroom`, once or for each week, or the switch for bubblewrap, and contains no input."""
    steps = [step["run"] for job in load(path)["jobs"].values() for step in job["steps"] if "run" in step]

    calls = r"(sudo )?make [a-z-]+|\.venv/bin/classroom |\.venv/bin/python -m classroom |for item in \$WEEKS; do\n|mkdir -p cohort\nif \[ -n |sudo sysctl -w kernel\.apparmor"
    assert [run for run in steps if not re.match(calls, run)] == []
    assert [run for run in steps if "${{" in run] == []


def test_the_reusable_workflow_does_what_a_published_week_does():
    """The workflow for others to call has the steps of the published one, but for the version of Python that it is told."""
    published, reusable = (load(path)["jobs"]["check"]["steps"] for path in (PUBLISHED, OURS / "autograde.yml"))

    assert reusable[1].pop("with") == {"python-version": "${{ inputs.python }}"}
    assert published[1].pop("with") == {"python-version": "3.13"}
    assert reusable == published


@pytest.fixture(scope="module")
def pushed(kit, course, tmp_path_factory):
    """A published week, as the runner of a student's push finds it."""
    room = tmp_path_factory.mktemp("push")
    done = kit.classroom("publish", "1", "--to", room / "week", cwd=course)
    assert done.status == 0, done.err
    return SimpleNamespace(place=room / "week", environment=environment_of(kit, room))


def test_a_push_is_checked(pushed, tmp_path):
    """In a clean checkout the steps of a push set up, check, write the summary, and hand the points to the reporter."""
    runner = Runner(
        tmp_path,
        PUBLISHED,
        pushed.place,
        pushed.environment,
        vars={"AUTOGRADING_REPORTER": "true"},
        inputs={"python": "3.13"},
    )

    job = runner.job("check")

    assert job.failed == "Check", "red tasks are a red step"
    assert "Setting up .venv" in runner.log
    assert "**10 of 100 points**" in runner.summary
    assert "::error file=app/main.py,line=" in runner.log
    assert runner.points == "10/100"


def test_a_solved_push_is_green(kit, pushed, tmp_path):
    """If everything passes, the job is green; so is the reusable workflow, which reports the score."""
    kit.git(tmp_path, "clone", "--quiet", pushed.place, tmp_path / "work")
    shutil.copy(
        ROOT / "shared/tests/unit/course/week1-tiny/grading/solution/app/main.py", tmp_path / "work/app/main.py"
    )
    kit.git(tmp_path / "work", "commit", "--quiet", "--all", "--message", "Solved")
    runner = Runner(
        tmp_path / "run", OURS / "autograde.yml", tmp_path / "work", pushed.environment, inputs={"python": "3.12"}
    )

    job = runner.job("check")

    assert (job.failed, job.outputs) == (None, {"score": "100"}), runner.log
    assert not hasattr(runner, "points"), "the reporter is asked for"


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        ({"event": {"repository": {"is_template": False}}, "ref_name": "main", "actor": "ada"}, True),
        ({"event": {"repository": {"is_template": True}}, "ref_name": "main", "actor": "ada"}, False),
        ({"event": {"repository": {}}, "ref_name": "feedback", "actor": "ada"}, False),
        ({"event": {"repository": {}}, "ref_name": "handout", "actor": "teacher"}, False),
        ({"event": {"repository": {}}, "ref_name": "main", "actor": "github-classroom[bot]"}, False),
    ],
    ids=["a student's push", "the template", "feedback", "a new handout", "the classroom's own"],
)
def test_what_is_no_students_push_costs_no_minutes(tmp_path, event, wanted):
    """The template, feedback, new handouts and the old classroom's own commits start no job."""
    runner = Runner(tmp_path, PUBLISHED, None, {}, github=event)

    assert bool(runner.value(load(PUBLISHED)["jobs"]["check"]["if"].strip("${} "))) is wanted


@pytest.fixture
def hub(kit, course, pushed, tmp_path):
    """GitHub with the repositories of three students."""
    solved = (ROOT / "shared/tests/unit/course/week1-tiny/grading/solution/app/main.py").read_text() + SHARED
    stand_in = GitHub("school", "ada", "bob", "cleo")
    stand_in.folder = tmp_path / "hub"
    for name, text in {"ada": solved, "bob": solved.replace("2 * number", "2 * abs(number)"), "cleo": None}.items():
        clone = tmp_path / name
        kit.git(tmp_path, "clone", "--quiet", pushed.place, clone)
        if text:
            (clone / "app/main.py").write_text(text)
            kit.git(clone, "commit", "--quiet", "--all", "--message", "Work")
        kit.git(tmp_path, "clone", "--quiet", "--bare", clone, stand_in.folder / f"school/week1-tiny-{name}.git")
        stand_in.add(f"week1-tiny-{name}")
        commit = kit.git(clone, "rev-parse", "HEAD").strip()
        stand_in.push(f"week1-tiny-{name}", name, "2026-11-20T10:00:00Z", commit)
    with served(stand_in) as address:
        stand_in.address = address
        yield stand_in


@pytest.mark.long
def test_a_cohort_is_graded_in_parts(kit, course, hub, tmp_path):
    """The list is split, each part is fetched and graded in the sandbox, and the results are joined and given back."""
    from classroom.apps.sandbox.bubblewrap import why_unavailable

    if trouble := why_unavailable():
        pytest.skip(trouble)
    environment = environment_of(kit, tmp_path) | {
        "GITHUB_SERVER_URL": f"file://{hub.folder}",
        "GITHUB_API_URL": hub.address,
    }
    runner = Runner(
        tmp_path / "run",
        OURS / "grade-cohort.yml",
        course,
        environment,
        inputs={
            "week": "1",
            "list": "cohorts/week1.txt",
            "roster": "roster.csv",
            "size": "2",
            "deadline": "2099-01-01 00:00",
            "late_days": "2",
            "late_points": "10",
            "statuses": True,
            "feedback": True,
        },
        secrets={"CLASSROOM_TOKEN": "a-token"},
        github={
            "run_number": 7,
            "server_url": "https://hub",
            "repository": "school/course",
            "repository_owner": "school",
            "run_id": 5,
        },
    )

    matrix = _run_all(runner)

    assert matrix == ["1/2", "2/2"]
    assert "a-token" not in runner.log
    assert "school/week1-tiny-nobody could not be fetched" in runner.log
    grades = runner.artifacts / "grades-week1"
    with (grades / "gradebook.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["github_username"]: row for row in csv.DictReader(file)}
    points = {name: row["points_awarded"] for name, row in rows.items()}
    assert points == {"ada": "100", "bob": "60", "cleo": "0", "dora": "", "nobody": "0"}
    assert [rows[name]["status"] for name in ("cleo", "nobody", "dora")] == ["not-started", "missing", "excused"]
    assert rows["bob"]["roster_identifier"] == "B", "by the instructor's own roster"
    results = [json.loads(path.read_text()) for path in (grades / "results").glob("*.json")]
    assert {result["sandbox"] for result in results if result["status"] == "graded"} == {"bubblewrap"}
    seeds = [result["seed"] for result in results if result["status"] in ("graded", "not-started")]
    assert len(set(seeds)) == len(seeds) == 3
    assert (grades / "report.html").stat().st_size > 1000
    similar = (grades / "similar.csv").read_text(encoding="utf-8")
    assert "ada" in similar, "compared with Bob, who was graded in another part"
    _check_what_was_given_back(hub)


def _run_all(runner):
    """Run the three jobs; return the parts."""
    plan = runner.job("plan")
    assert plan.failed is None, runner.log
    runner.context |= {"needs": {"plan": {"outputs": plan.outputs}}}
    strategy = load(OURS / "grade-cohort.yml")["jobs"]["grade"]["strategy"]
    matrix = runner.value(strategy["matrix"]["part"].strip("${} "))
    for index, part in enumerate(matrix):
        job = runner.job("grade", matrix={"part": part}, strategy={"job-index": index})
        assert job.failed is None, runner.log
    joined = runner.job("join")
    assert joined.failed is None, runner.log
    return matrix


def _check_what_was_given_back(hub):
    """Each graded commit has its score, and each repository one issue."""
    link = "https://hub/school/course/actions/runs/5"
    told = {}
    for name in ("ada", "bob", "cleo"):
        repository = hub.of(f"week1-tiny-{name}")
        first = repository.statuses[0][1]
        told[name] = (first["state"], first["description"], first["target_url"])
        assert [issue["title"] for issue in repository.issues] == ["Feedback: Week 1"]
    assert told == {
        "ada": ("success", "100 of 100 points", link),
        "bob": ("success", "60 of 100 points", link),
        "cleo": ("success", "0 of 100 points: not started", link),
    }
    assert "Well done" in hub.of("week1-tiny-bob").issues[0]["body"]


def test_token_is_in_no_step_in_which_a_submission_runs():
    """In grade-cohort, neither the job nor a grading step has a secret in its environment."""
    workflow = load(OURS / "grade-cohort.yml")

    holders = [
        step["name"] for job in workflow["jobs"].values() for step in job["steps"] if "secrets." in json.dumps(step)
    ]
    assert holders == ["List", "Fetch", "Statuses", "Feedback"]
    assert "secrets." not in json.dumps([job.get("env") for job in workflow["jobs"].values()] + [workflow["env"]])


def test_a_week_is_published_by_its_workflow(kit, course, tmp_path):
    """The steps of publish bring the student edition to the repository that is named."""
    kit.git(tmp_path, "init", "--quiet", "--bare", "--initial-branch", "main", "hub/school/week1-tiny.git")
    runner = Runner(
        tmp_path / "run",
        OURS / "publish.yml",
        course,
        environment_of(kit, tmp_path),
        inputs={"week": "1", "to": "school/week1-tiny"},
        secrets={"CLASSROOM_TOKEN": "a-token"},
        github={"server_url": f"file://{tmp_path}/hub"},
    )

    job = runner.job("publish")

    assert job.failed is None, runner.log
    files = kit.git(tmp_path / "hub/school/week1-tiny.git", "ls-tree", "-r", "--name-only", "main").splitlines()
    assert {".github/workflows/classroom.yml", "app/main.py", "kit/src/classroom/student/github_actions.py"} <= set(
        files
    )
    assert "a-token" not in runner.log


LISTS = {
    "names, addresses and remarks": (
        "\ufeffschool/a # Ada\n\nhttps://github.com/school/b.git\ngit@github.com:school/c.git\nhttps://github.com/school/d/\nSchool/A\n",
        ["school/a", "school/b", "school/c", "school/d"],
    ),
    "no repository": ("school\n", r"line 1: school is not a repository"),
    "a way out": ("school/../x\n", r"line 1: .* is not a repository"),
    "an option": ("--upload-pack=x/y\n", r"line 1: .* is not a repository"),
    "nothing": ("# none\n", "There are no repositories in"),
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_as_people_have_them(kit, tmp_path, name):
    """A list may contain names and addresses, each once; anything else is reported with its line."""
    from classroom.core.errors import UsageError
    from classroom.instructor.classrooms.github import read_list

    text, expected = LISTS[name]
    (tmp_path / "list.txt").write_text(text, encoding="utf-8")

    if isinstance(expected, list):
        assert [str(place) for place in read_list(tmp_path / "list.txt")] == expected
    else:
        with pytest.raises(UsageError, match=expected):
            read_list(tmp_path / "list.txt")


@pytest.mark.parametrize(
    ("count", "size", "expected"), [(1, 50, 1), (50, 50, 1), (51, 50, 2), (1000, 50, 20), (99999, 50, 256)]
)
def test_a_thousand_repositories_are_a_bigger_matrix(count, size, expected):
    """However long the list is, every repository is in exactly one part, and a matrix can hold all parts."""
    from classroom.instructor.classrooms.github import part_of, parts
    from classroom.instructor.classrooms.github_git import RepoName

    places = [RepoName("school", f"r{number}") for number in range(count)]

    made = parts(places, size)

    assert len(made) == expected
    assert sorted(place.name for part in made for place in part_of(places, part)) == sorted(
        place.name for place in places
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [("nowhere.txt", "cannot be read: No such file or directory.\n"), (".", "cannot be read: Is a directory.\n")],
)
def test_list_that_is_not_there_is_told(kit, tmp_path, name, told):
    """A list that cannot be read is reported in one sentence, like a roster."""
    done = kit.classroom("parts", name, cwd=tmp_path)

    assert (done.status, done.err) == (2, f"The list {name} {told}")


def test_fetch_leaves_what_is_not_its_own(kit, tmp_path):
    """`fetch` rejects a folder with other content, even a roster, and accepts one that it has filled before."""
    course, mine = kit.course(tmp_path / "course"), tmp_path / "mine"
    kit.git(tmp_path, "init", "--quiet", "--bare", "hub/school/week1-tiny-ada.git")
    (tmp_path / "list.txt").write_text("school/week1-tiny-ada\n")
    mine.mkdir()
    (mine / "roster.csv").write_text("mine\n")

    def fetch(to):
        return kit.classroom(
            "fetch", "1", tmp_path / "list.txt", "--to", to, cwd=course, GITHUB_SERVER_URL=f"file://{tmp_path}/hub"
        )

    refused, first, again = fetch(mine), fetch(tmp_path / "new"), fetch(tmp_path / "new")

    assert refused.status == 2
    assert "contains something else: --to needs a new folder, or one that was fetched to before." in refused.err
    assert (mine / "roster.csv").read_text() == "mine\n"
    assert (first.status, again.status) == (0, 0), first.err + again.err


def test_git_asks_the_environment_for_the_token(kit, tmp_path):
    """What fetches, and what publishes, gives git the token from the environment, with no address or file that holds it."""
    from classroom.instructor.classrooms.github_git import CREDENTIAL_HELPER

    (step,) = [step for step in load(OURS / "publish.yml")["jobs"]["publish"]["steps"] if "run" in step]
    for helper in (CREDENTIAL_HELPER, step["env"]["GIT_CONFIG_VALUE_0"]):
        done = subprocess.run(
            ["git", "-c", f"credential.helper={helper}", "credential", "fill"],
            input="protocol=https\nhost=github.com\n\n",
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
            env=kit.environment(CLASSROOM_TOKEN="a-token"),
        )
        assert {"username=x-access-token", "password=a-token"} <= set(done.stdout.splitlines())
