"""How rows differ from those expected, in words."""

KEYS = ("id", "resource_id")


def rows_difference(found, expected, *, order="by id", shown=None):
    """Return how rows differ from the expected ones, or None if they are the same in the same order.

    Args:
        found: the rows, each a dict.
        expected: the same, as they should be.
        order: what they are ordered by, for the sentence.
        shown: how each row found is shown, if not as it is.
    """
    if found == expected:
        return None
    missing, extra = _without(expected, found), _without(found, expected)
    if not missing and not extra:
        return f"the rows are not ordered {order}{_first_places(found, expected)}"
    for row in extra:
        twin = next((other for other in missing if _same_key(row, other)), None)
        if twin:
            return _changed(row, twin)
    shown = shown or found
    parts = [f"{_count(found)}, expected {len(expected)}"] if len(found) != len(expected) else []
    if found and missing:
        parts.append(f"missing: {as_text(missing[0])}")
    if extra:
        parts.append(f"should not be there: {as_text(shown[found.index(extra[0])])}")
    return "; ".join(parts)


def as_text(row):
    """Return a row as it appears in a sentence: `id 3, name 'Clinic', address NULL`."""
    return ", ".join(f"{name} {_value(value)}" for name, value in row.items())


def _value(value):
    return "NULL" if value is None else repr(value)


def _count(rows):
    return f"{len(rows) or 'no'} row{'' if len(rows) == 1 else 's'}"


def _without(rows, others):
    """Return the rows that are not among the others; a row that appears twice has to be matched twice."""
    left, others = [], list(others)
    for row in rows:
        if row in others:
            others.remove(row)
        else:
            left.append(row)
    return left


def _same_key(row, other):
    return any(name in row and name in other and row[name] == other[name] for name in KEYS)


def _changed(row, expected):
    """Return the first column in which a row differs from what it should be."""
    key = next(name for name in KEYS if name in row)
    name = next(name for name in expected if row.get(name, ...) != expected[name])
    return f"{key} {row[key]}: {name} is {_value(row.get(name))}, expected {_value(expected[name])}"


def _first_places(found, expected):
    key = next((name for name in KEYS if name in expected[0]), None)
    if key is None:
        return ""
    return f": they begin with {key} {found[0][key]}, expected {key} {expected[0][key]}"
