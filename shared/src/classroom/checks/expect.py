"""Expectations about responses, and the sentences of failed checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from classroom.apps.exchange import Failure, GroundMissing
from classroom.checks.content import content_of
from classroom.checks.matchers import Matcher, difference, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.apps.exchange import Answer

OK, CREATED, NO_CONTENT = 200, 201, 204


class Expectation:
    """What a response has to be; each method returns the expectation itself, so calls can be chained."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def _fail(self, sentence: str) -> NoReturn:
        __tracebackhide__ = True
        raise Failure(sentence, self.answer)

    def status(self, *codes: int) -> Expectation:
        """Expect one of these status codes."""
        __tracebackhide__ = True
        if self.answer.status not in codes:
            expected = " or ".join(map(str, codes))
            self._fail(
                f"{self.answer.exchange} returned {self.answer.status}, expected {expected}{content_of(self.answer)}."
            )
        return self

    def json(self, expected: Any) -> Expectation:
        """Expect a JSON body that matches `expected` (see `classroom.checks.matchers.difference`)."""
        __tracebackhide__ = True
        if mismatch := difference(self.answer.json, expected):
            self._fail(mismatch)
        return self

    def _with(self, code: int, expected: Any) -> Expectation:
        __tracebackhide__ = True
        self.status(code)
        return self if expected is ... else self.json(expected)

    def ok(self, expected: Any = ...) -> Expectation:
        """Expect 200, and JSON that matches `expected` if it is given."""
        __tracebackhide__ = True
        return self._with(OK, expected)

    def created(self, expected: Any = ...) -> Expectation:
        """Expect 201, and JSON that matches `expected` if it is given."""
        __tracebackhide__ = True
        return self._with(CREATED, expected)

    def deleted(self) -> Expectation:
        """Expect 204 with an empty body."""
        __tracebackhide__ = True
        self.status(NO_CONTENT)
        if self.answer.body:
            self._fail(f"A 204 response must have no body, but this one has {len(self.answer.body)} bytes.")
        return self

    def refused(self, *codes: int) -> Expectation:
        """Expect a rejection with one of these status codes."""
        __tracebackhide__ = True
        return self.status(*codes)

    def header(self, name: str, value: str | Matcher | None = None) -> Expectation:
        """Expect a header field, and that it matches `value` if it is given."""
        __tracebackhide__ = True
        found = self.answer.headers.get(name)
        if found is None:
            self._fail(f"The response has no {name} header.")
        if value is not None and (mismatch := difference(found, value, name)):
            self._fail(mismatch)
        return self

    def ground(self, *, task: int, has: Sequence[str] = ()) -> Any:
        """Require what an earlier task provides: any 2xx, and the fields in `has`.

        Like `pytest.skip`, a missing ground skips the check instead of failing it.

        Returns:
            The decoded JSON, or None for an empty body.

        Raises:
            GroundMissing: the response is not a 2xx, or a field is missing.
        """
        if not OK <= self.answer.status < 300:  # noqa: PLR2004 - the 2xx
            raise GroundMissing(task, self.answer)
        try:
            found = self.answer.json if self.answer.body else None
        except Failure:
            found = None
        there = found if isinstance(found, dict) else {}
        if absent := next((key for key in has if key not in there), None):
            raise GroundMissing(task, self.answer, f"`{absent}`")
        return found


class _Expect:
    """`expect(answer)` and `expect.that(condition, sentence)`."""

    def __call__(self, answer: Answer) -> Expectation:
        return Expectation(answer)

    @staticmethod
    def that(condition: object, sentence: str, answer: Answer | None = None) -> None:
        """Fail with the sentence unless the condition is true."""
        __tracebackhide__ = True
        if not condition:
            raise Failure(sentence, answer)


expect = _Expect()


def ground(condition: object, *, task: int) -> None:
    """Skip the check unless the condition is true, because it builds on `task`."""
    if not condition:
        raise GroundMissing(task)


__all__ = ["Expectation", "Failure", "GroundMissing", "expect", "ground", "show"]
