"""Advice about the order in which a function's lines run: a line that none reaches, and one that raises too early."""

from __future__ import annotations

import ast
import itertools
from typing import TYPE_CHECKING

from classroom.checks.causes.except_advice import raised_by
from classroom.checks.causes.reached import blocks, functions_of_app, reached
from classroom.checks.causes.unexpected import STATUSES

if TYPE_CHECKING:
    from classroom.checks.causes.reached import Block
    from classroom.checks.causes.unexpected import Unexpected

LEAVING = {ast.Return: "returns", ast.Raise: "raises"}
CONDITIONS = (ast.If, ast.ExceptHandler)
LOOPS = (ast.For, ast.AsyncFor, ast.While)
SUCCESS = "2"  # the first digit of a status code
REJECTED = range(400, 500)
NOT_FOUND = " returned 404, but"  # in the message of a check that knows what should have been found
MOST_SHOWN = 90  # characters of a condition


def never_reached(response: Unexpected) -> str | None:
    """Recognize the expected return or HTTPException in a line that is below a return or raise."""
    found = STATUSES.search(response.message)
    is_null = response.json is None and bool(response.answer.body)
    for function in reached(response.routes, response.handler):
        for block in blocks(function.node):
            for first, second in itertools.pairwise(block.statements):
                leaves = LEAVING.get(type(first))
                if leaves is None or isinstance(getattr(first, "exc", None), ast.Name):
                    continue
                is_meant = is_null and isinstance(second, ast.Return) and second.value is not None
                if is_meant or (found and _raises(second, int(found[2]))):
                    end = " Is it indented too far?" if isinstance(block.owner, ast.If) else ""
                    return (
                        f"{function.file}, line {second.lineno} is never reached: "
                        f"line {first.lineno} {leaves} before it.{end}"
                    )
    return None


def _raises(statement: ast.stmt, status: int) -> bool:
    """Return whether a statement, or one within it, raises an HTTPException with this status code."""
    inner = (node for node in ast.walk(statement) if isinstance(node, ast.Raise))
    return any((raised := raised_by(node)) is not None and raised.status == status for node in inner)


def raised_here(response: Unexpected) -> str | None:
    """Find the only line of the app that can have raised the rejection of a request that is right."""
    sent = response.answer.status
    detail = response.json.get("detail") if isinstance(response.json, dict) else None
    if sent not in REJECTED or not isinstance(detail, str) or not _is_only_rejected(response):
        return None
    if sum(text.count(detail) for text in response.routes.texts.values()) != 1:
        return None  # another line may have raised the same
    for function in functions_of_app(response.routes.texts):
        for block in blocks(function.node):
            for statement in block.statements:
                raised = raised_by(statement) if isinstance(statement, ast.Raise) else None
                if raised and (raised.status, raised.detail) == (sent, detail):
                    return f"{function.file}, line {statement.lineno} raised this {sent}{_where(block, response.routes.texts[function.file])}"
    return None


def _is_only_rejected(response: Unexpected) -> bool:
    """Return whether a check says that a request should have been accepted, and gives no cause of its own."""
    found = STATUSES.search(response.message)
    if found is None:
        return NOT_FOUND in response.message
    is_right = found[1] == str(response.answer.status) and found[2].startswith(SUCCESS)
    return is_right and response.message[found.end() :].strip() in ("", ".")


def _where(block: Block, text: str) -> str:
    """Return what a statement in a file belongs to, as the end of a sentence."""
    owner = block.owner
    if block.part == "body" and isinstance(owner, LOOPS):
        return f" inside the loop of line {owner.lineno}. Is it indented too far?"
    if block.part == "body" and isinstance(owner, CONDITIONS):
        line = text.splitlines()[owner.lineno - 1].strip()
        return f", under `{line}`." if line.endswith(":") and len(line) <= MOST_SHOWN else "."
    return "."
