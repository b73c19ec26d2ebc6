"""Charts as paths and sentences, and the arrows of the map."""

from classroom.student.control_room.charts import HEIGHT, WIDTH, charts, with_unit
from classroom.student.control_room.samples import Event, Sample
from classroom.student.control_room.site_map import arrows

NOW = 1000.0


def chart(name, samples, events=()):
    """The chart of this name."""
    return next(each for each in charts(samples, events, NOW) if each.id == name)


def test_line_ends_at_the_right_and_has_the_height_of_its_values():
    """The newest value is at the right edge; zero is at the bottom, and the top of the scale above the largest value."""
    samples = [Sample(NOW - 60, 1.0, counts={"site": 0}), Sample(NOW, 1.0, counts={"site": 150})]

    found = chart("requests", samples)

    assert found.top == "200"
    assert found.lines[0].path == f"M{WIDTH / 2} {HEIGHT:.1f}L{WIDTH:.1f} {HEIGHT / 4:.1f}"


def test_where_nothing_was_measured_there_is_a_gap():
    """A second without a response has no latency: the line stops, and begins again."""
    samples = [Sample(NOW - 3 + place, 1.0, p50=p50) for place, p50 in enumerate((5.0, None, 5.0))]

    assert chart("latency", samples).lines[0].path.count("M") == 2


def test_hit_rate_fills_the_scale():
    """The hit rate is drawn between 0 and 100 percent, whatever was measured."""
    assert chart("hits", [Sample(NOW, 1.0, counts={"hits": 1, "misses": 1})]).top == "100 %"


def test_events_are_marked_as_long_as_they_are_on_the_chart():
    """An event of the last two minutes has a mark at its time."""
    events = [Event(NOW - 500, "earlier"), Event(NOW - 60, "cache cut off")]

    assert chart("errors", [], events).marks == (WIDTH / 2,)


def test_chart_is_also_a_sentence():
    """Somebody who cannot see the chart is told its newest value, and between what it was."""
    samples = [
        Sample(NOW - 1, 1.0, counts={"primary": 10, "replica": None}),
        Sample(NOW, 1.0, counts={"primary": 4, "replica": None}),
    ]

    assert chart("statements", samples).sentence == (
        "primary: now 4, between 4 and 10 in the last two minutes. replica: nothing measured yet."
    )


def test_values_are_short():
    """A value has one place only where that says something."""
    shown = [with_unit(value, "ms") for value in (None, 0, 0.04, 2.5, 7.0, 1234.6)]

    assert shown == ["no data", "0 ms", "0 ms", "2.5 ms", "7 ms", "1,235 ms"]


def test_arrows_carry_what_was_counted():
    """Each arrow has the rate of its parts, and is thicker with more of it."""
    counts = {"site": 30, "a": 20, "b": 10, "primary": 8, "replica": None, "hits": 6, "misses": 2, "storage": 0}

    found = {arrow.id: arrow for arrow in arrows(Sample(NOW, 2.0, counts=counts))}

    assert {name: arrow.rate for name, arrow in found.items()} == {
        "in": 15,
        "to-a": 10,
        "to-b": 5,
        "to-cache": 4,
        "to-primary": 4,
        "to-replica": 0,
        "to-storage": 0,
        "from-worker": 0,
    }
    assert found["in"].width > found["to-a"].width > found["to-replica"].width
    assert found["to-a"].sentence == "balancer to instance a: 10 requests a second"


def test_errors_are_named():
    """The most frequent error of the last seconds is next to the chart; 501 is a TODO in the student's own code."""
    old = [Sample(NOW - 20, 1.0, errors=5, why="read: 404"), *[Sample(NOW - place, 1.0) for place in range(15, 5, -1)]]

    assert chart("errors", old).note == ""
    assert chart("errors", [*old, Sample(NOW, 1.0, errors=9, why="no connection")]).note == "Mostly no connection."
    assert chart("errors", [Sample(NOW, 1.0, errors=9, why="list: 501")]).note == (
        "Mostly list 501, a TODO that is still open."
    )
