"""The one place where the sentence of a failed check is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from classroom.apps.exchange import Failure, GroundMissing
from classroom.checks.matchers import Matcher, difference, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classroom.apps.exchange import Answer

OK, CREATED, NO_CONTENT = 200, 201, 204


class Expectation:
    """Says what an answer has to be; each method returns the expectation itself, so that they chain."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def _fail(self, sentence: str) -> NoReturn:
        __tracebackhide__ = True
        raise Failure(sentence, self.answer)

    def status(self, *codes: int) -> Expectation:
        """The status is one of these."""
        __tracebackhide__ = True
        if self.answer.status not in codes:
            asked = " or ".join(map(str, codes))
            self._fail(f"{self.answer.exchange} answered {self.answer.status}, the task asks for {asked}.")
        return self

    def json(self, expected: Any) -> Expectation:
        """The body is JSON like `expected` (see `classroom.checks.matchers.difference`)."""
        __tracebackhide__ = True
        if told := difference(self.answer.json, expected):
            self._fail(told)
        return self

    def _with(self, code: int, expected: Any) -> Expectation:
        __tracebackhide__ = True
        self.status(code)
        return self if expected is ... else self.json(expected)

    def ok(self, expected: Any = ...) -> Expectation:
        """200, with JSON like `expected` where it is given."""
        __tracebackhide__ = True
        return self._with(OK, expected)

    def created(self, expected: Any = ...) -> Expectation:
        """201, with JSON like `expected` where it is given."""
        __tracebackhide__ = True
        return self._with(CREATED, expected)

    def deleted(self) -> Expectation:
        """204 with an empty body."""
        __tracebackhide__ = True
        self.status(NO_CONTENT)
        if self.answer.body:
            self._fail(f"A 204 has no body, this one has {len(self.answer.body)} bytes.")
        return self

    def refused(self, *codes: int) -> Expectation:
        """A refusal with one of these codes."""
        __tracebackhide__ = True
        return self.status(*codes)

    def header(self, name: str, value: str | Matcher | None = None) -> Expectation:
        """The header field is there, and is `value` where it is given."""
        __tracebackhide__ = True
        found = self.answer.headers.get(name)
        if found is None:
            self._fail(f"The answer has no header {name}.")
        if value is not None and (told := difference(found, value, name)):
            self._fail(told)
        return self

    def ground(self, *, task: int, has: Sequence[str] = ()) -> Any:
        """The ground made by an earlier task: any 2xx is enough, and the fields in `has`.

        Returns:
            The decoded JSON, or None for an empty body.

        Raises:
            GroundMissing: it is not there; the check is skipped.
        """
        if not OK <= self.answer.status < 300:  # noqa: PLR2004 - the 2xx
            raise GroundMissing(task, self.answer)
        try:
            found = self.answer.json if self.answer.body else None
        except Failure:
            found = None
        if has and not (isinstance(found, dict) and all(key in found for key in has)):
            raise GroundMissing(task, self.answer)
        return found


class _Expect:
    """`expect(answer)`, and `expect.that(condition, sentence)`."""

    def __call__(self, answer: Answer) -> Expectation:
        return Expectation(answer)

    @staticmethod
    def that(condition: object, sentence: str, answer: Answer | None = None) -> None:
        """Fail with the sentence unless the condition holds."""
        __tracebackhide__ = True
        if not condition:
            raise Failure(sentence, answer)


expect = _Expect()


def ground(condition: object, *, task: int) -> None:
    """Skip the check, because `task` is not there yet, unless the condition holds."""
    if not condition:
        raise GroundMissing(task)


__all__ = ["Expectation", "Failure", "GroundMissing", "expect", "ground", "show"]
