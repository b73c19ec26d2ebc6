"""A mistake costs its own task, even if it makes the app hang, exit or block, or breaks a file."""

from dataclasses import replace
from pathlib import Path

import pytest
from classroom.checks.workers.pool import Pool
from classroom.core.assignment import Assignment
from classroom.core.submission import Submission
from classroom.instructor.proof.cases import WRONG, Case, Edit

COURSE = Path(__file__).resolve().parents[4]
SECONDS = 3.0  # a request's limit here: an app that hangs is waited for

API, HUB = "week1-hello-api", "week3-postgres-sql"
MAIN = "app/main.py"
IMPORT = Edit(MAIN, "from typing import Literal", "import os\nimport time\nfrom typing import Literal")
MISTAKES = {
    "a handler that does not answer": (
        (API, 5),
        [Edit(MAIN, "    return list(ITEMS.values())", "    time.sleep(60)"), IMPORT],
    ),
    "a handler that ends the app": (
        (API, 4),
        [
            Edit(MAIN, '        raise HTTPException(status_code=404, detail="Item not found")', "        os._exit(3)"),
            IMPORT,
        ],
    ),
    "a blocked event loop": (
        (API, 6),
        [
            Edit(MAIN, "def read_cheapest_item", "async def read_cheapest_item"),
            Edit(MAIN, '    return min(ITEMS.values(), key=lambda item: item["price"])', "    time.sleep(60)"),
            IMPORT,
        ],
    ),
    "a broken query": ((HUB, 4), [Edit("queries/03_search_pantry.sql", "ILIKE", "IS ILIKE")]),
    "a broken seed": ((HUB, 3), [Edit("schema/02_seed_data.sql", "(1, 'Alvarez'", "(1 'Alvarez'")]),
}


@pytest.fixture(scope="module", params=(API, pytest.param(HUB, marks=pytest.mark.long)))
def graded(request, tmp_path_factory):
    """Return the result of each submission with one mistake, on visible and hidden checks."""
    assignment = Assignment.load(COURSE / request.param)
    room, results = tmp_path_factory.mktemp("mistakes"), {}
    with Pool(assignment, jobs=2, room=room / "pool") as pool:
        orders = []
        for number, (name, ((week, _), edits)) in enumerate(MISTAKES.items()):
            if week == request.param:
                case = Case(WRONG, name, name, room / "none.toml", edits=tuple(edits))
                case.materialize(assignment, room / f"{number}")
                order = pool.job(Submission(name, room / f"{number}"), seed=1, out=room / f"{number}.json")
                orders.append(replace(order, request_s=SECONDS))
        for order, result in pool.grade(orders):
            results[order.name] = result
    return request.param, results


@pytest.mark.long
def test_mistake_costs_its_own_task(graded):
    """The task with the mistake loses points; all others keep theirs."""
    week, results = graded
    lost = {
        name: [task.number for task in result.tasks if task.earned < task.points] for name, result in results.items()
    }

    assert lost == {name: [task] for name, ((of, task), _) in MISTAKES.items() if of == week}


@pytest.mark.long
@pytest.mark.parametrize("graded", [HUB], indirect=True)
def test_broken_query_hides_no_other(graded):
    """One of five files with an SQL error costs its own share of the task."""
    _, results = graded

    (task,) = [task for task in results["a broken query"].tasks if task.number == 4]
    assert (task.earned, task.points) == (16, 20)
