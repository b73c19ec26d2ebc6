"""What the pages show of a result, without a browser."""

from classroom.core.result import Adjustment, Result, TaskResult, Verdict
from classroom.student.learn.card_view import card_of


def test_points_of_a_task_include_what_the_instructor_has_changed(assignment):
    """A task's points are those after adjustments, so that the rows add up to the total."""
    tasks = tuple(
        TaskResult(task.number, task.title, task.points, task.points, Verdict.PASS, None, ())
        for task in assignment.tasks
    )
    change = Adjustment("points", "task 2: -5 points", task=2, points=-5)
    result = Result(assignment.name, "ada", "graded", 95, 100, tasks, adjustments=(change,))

    card = card_of(assignment, result, state="", checking=False)

    assert [each.points for each in card.tasks] == ["10/10", "55/60", "30/30"]


def test_comment_of_the_instructor_is_markdown(assignment):
    """A comment looks on the card as it does in the feedback, and HTML in it stays text."""
    change = Adjustment("comment", "**See me** about `app`. <script>alert(1)</script>")
    result = Result(assignment.name, "ada", "graded", 0, 100, (), adjustments=(change,))

    card = card_of(assignment, result, state="", checking=False)

    assert card.adjustments == (
        "<strong>See me</strong> about <code>app</code>. &lt;script&gt;alert(1)&lt;/script&gt;",
    )
