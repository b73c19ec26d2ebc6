"""Find constructs in a student's own lines: in Python by its syntax tree, in SQL line by line.

A Python construct is a kind, and for most a name after a colon: `call:session.commit` finds `db.session.commit()` and
`session.commit()`; without a name any of the kind is found.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from classroom.instructor.interview.rules import Rule

MAX_LETTERS = 200_000  # of a file that is read as Python: about 5,000 lines
MAX_FOUND = 50  # of one rule
MAX_LINE = 400
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Found:
    """A construct that a rule has found.

    Attributes:
        rule: its name.
        function: the name of the function around it; empty if there is none.
        text: the name that was found.
    """

    rule: str
    file: str
    line: int
    function: str = ""
    text: str = ""


@dataclass(frozen=True)
class Reading:
    """What was read of a submission.

    Attributes:
        found: by the rules.
        texts: of the files in which something was found, by path.
        problems: a sentence for each file that cannot be read as Python.
    """

    found: tuple[Found, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def find_all(rules: Iterable[Rule], files: Mapping[str, str], own: Mapping[str, set[int]]) -> Reading:
    """Return what the rules find in the lines that the student wrote.

    Args:
        rules: of the week.
        files: the submission's texts, by path.
        own: the numbers of the lines that are not the starter's, by path.
    """
    found: list[Found] = []
    problems: list[str] = []
    rules = list(rules)
    for file, text in sorted(files.items()):
        if not own.get(file):
            continue
        if file.endswith(".py"):
            try:
                found += _in_python([rule for rule in rules if rule.python], file, text, own[file])
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
                problems.append(f"{file}{line} cannot be read as Python.")
        if file.endswith((".py", ".sql")):
            found += _in_sql([rule for rule in rules if rule.sql], file, text, own[file])
    asked = {one.file for one in found}
    texts = {file: text for file, text in files.items() if file in asked}
    return Reading(tuple(found), texts, tuple(problems))


def _in_sql(rules: list[Rule], file: str, text: str, own: set[int]) -> Iterator[Found]:
    lines = [(number, line[:MAX_LINE]) for number, line in enumerate(text.splitlines(), 1) if number in own]
    for rule in rules:
        matches = ((number, re.search(rule.sql, line, re.IGNORECASE)) for number, line in lines)
        hits = [Found(rule.name, file, number, text=match[0]) for number, match in matches if match]
        yield from hits[:MAX_FOUND]


def _in_python(rules: list[Rule], file: str, text: str, own: set[int]) -> list[Found]:
    if len(text) > MAX_LETTERS:
        raise ValueError
    tree = ast.parse(text)
    around = _functions(tree)
    found: dict[str, list[Found]] = {rule.name: [] for rule in rules}
    for node in ast.walk(tree):
        for rule in rules:
            kind, _, name = rule.python.partition(":")
            for at, spelled in KINDS[kind](node):
                line = at.lineno
                if line in own and _is_named(spelled, name) and len(found[rule.name]) < MAX_FOUND:
                    found[rule.name].append(Found(rule.name, file, line, around.get(line, ""), spelled))
    return [one for of_rule in found.values() for one in of_rule]


def _functions(tree: ast.AST) -> dict[int, str]:
    """Return the name of the innermost function of each line, of functions that are not absurdly long."""
    functions = [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]
    lines: dict[int, str] = {}
    for node in functions:  # from the outside in
        lines |= dict.fromkeys(
            range(node.lineno, min(node.end_lineno or node.lineno, node.lineno + 500) + 1), node.name
        )
    return lines


def _is_named(spelled: str, name: str) -> bool:
    return not name or spelled == name or spelled.endswith(f".{name}")


Hit = tuple[ast.expr | ast.stmt, str]


def _dotted(node: ast.AST) -> str:
    """Return a name with dots; of anything else only the last attributes."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
    return ".".join(reversed(parts))


def _calls(node: ast.AST) -> Iterator[Hit]:
    if isinstance(node, ast.Call):
        yield node, _dotted(node.func)


def _raises(node: ast.AST) -> Iterator[Hit]:
    if isinstance(node, ast.Raise) and node.exc is not None:
        yield node, _dotted(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)


def _excepts(node: ast.AST) -> Iterator[Hit]:
    if isinstance(node, ast.Try):
        for handler in node.handlers:
            kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            for kind in kinds:
                yield (kind or handler.body[0]), _dotted(kind) if kind else ""


def _decorators(node: ast.AST) -> Iterator[Hit]:
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        for decorator in node.decorator_list:
            yield decorator, _dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)


def _withs(node: ast.AST) -> Iterator[Hit]:
    if isinstance(node, ast.With | ast.AsyncWith):
        for item in node.items:
            called = item.context_expr
            yield called, _dotted(called.func if isinstance(called, ast.Call) else called)


def _keywords(node: ast.AST) -> Iterator[Hit]:
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            yield keyword.value, keyword.arg or ""


def _classes(node: ast.AST) -> Iterator[Hit]:
    if isinstance(node, ast.ClassDef):
        for base in node.bases:
            yield node, _dotted(base)


def _parameters(node: ast.AST) -> Iterator[Hit]:
    if isinstance(node, FUNCTIONS):
        for parameter in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            yield node, f"{parameter.arg}"


def _types(node: ast.AST) -> Iterator[Hit]:
    if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
        for part in ast.walk(node.annotation):
            if isinstance(part, ast.Name | ast.Attribute):
                yield part, _dotted(part)


def _tests(node: ast.AST) -> Iterator[Hit]:
    if isinstance(node, ast.Compare):
        for operator in node.ops:
            yield node, type(operator).__name__


def _of(*kinds: type[ast.AST]) -> Callable[[ast.AST], Iterator[Hit]]:
    def hits(node: ast.AST) -> Iterator[Hit]:
        if isinstance(node, kinds) and isinstance(node, ast.expr | ast.stmt):
            yield node, getattr(node, "name", "") or type(node).__name__

    return hits


KINDS: dict[str, Callable[[ast.AST], Iterator[Hit]]] = {
    "call": _calls,
    "raise": _raises,
    "except": _excepts,
    "decorator": _decorators,
    "with": _withs,
    "keyword": _keywords,  # of a call
    "class": _classes,  # by its base class
    "parameter": _parameters,
    "type": _types,  # in an annotation
    "compare": _tests,  # by the operator: In, NotIn, Is, Eq, Lt
    "function": _of(*FUNCTIONS),
    "async": _of(ast.AsyncFunctionDef),
    "comprehension": _of(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    "lambda": _of(ast.Lambda),
    "loop": _of(ast.For, ast.While),
    "if": _of(ast.If),
    "return": _of(ast.Return),
    "yield": _of(ast.Yield),
    "fstring": _of(ast.JoinedStr),
    "global": _of(ast.Global),
    "delete": _of(ast.Delete),
}
