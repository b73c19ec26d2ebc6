"""Which parts of the kit are handed out: an allow-list, proved to hold all that it uses and nothing that it does not."""

from __future__ import annotations

import ast
import importlib.util
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

PACKAGE = "classroom"
BESIDE = ("README.md", "backend.py", "pyproject.toml")  # in the kit's folder, next to `src`
STUDENTS = (
    "__init__.py",
    "__main__.py",
    "apps/__init__.py",
    "apps/app.py",
    "apps/client.py",
    "apps/connection.py",
    "apps/endpoint.py",
    "apps/environment.py",
    "apps/exchange.py",
    "apps/fork.py",
    "apps/forked.py",
    "apps/inside/__init__.py",
    "apps/inside/__main__.py",
    "apps/inside/app_process.py",
    "apps/inside/error_guard.py",
    "apps/inside/fork_server.py",
    "apps/inside/inner_walls.py",
    "apps/inside/kernel.py",
    "apps/inside/libraries.py",
    "apps/inside/messages.py",
    "apps/inside/seccomp.py",
    "apps/inside/short_traceback.py",
    "apps/launcher.py",
    "apps/open.py",
    "apps/output.py",
    "apps/program.py",
    "apps/spawn.py",
    "checks/__init__.py",
    "checks/app_under_test.py",
    "checks/by_hand/__init__.py",
    "checks/by_hand/curl.py",
    "checks/by_hand/requests.py",
    "checks/by_hand/tokens.py",
    "checks/by_hand/trail.py",
    "checks/causes/__init__.py",
    "checks/causes/cause.py",
    "checks/causes/error_advice.py",
    "checks/causes/printed_error.py",
    "checks/causes/response_advice.py",
    "checks/causes/routes.py",
    "checks/causes/scene.py",
    "checks/causes/script_cause.py",
    "checks/causes/sql_advice.py",
    "checks/causes/start_failure.py",
    "checks/concurrency.py",
    "checks/connections.py",
    "checks/content.py",
    "checks/draw.py",
    "checks/expect.py",
    "checks/fixtures.py",
    "checks/gates.py",
    "checks/leaks.py",
    "checks/list_difference.py",
    "checks/matchers.py",
    "checks/names.py",
    "checks/openapi.py",
    "checks/plugin.py",
    "checks/pressure.py",
    "checks/run.py",
    "checks/service_fixtures.py",
    "checks/support.py",
    "checks/system.py",
    "checks/task_client.py",
    "checks/verdict.py",
    "checks/words.py",
    "checks/workers/__init__.py",
    "checks/workers/job.py",
    "checks/workers/pool.py",
    "checks/workers/pytest_session.py",
    "checks/workers/worker.py",
    "cli/__init__.py",
    "cli/main.py",
    "cli/parser.py",
    "cli/student.py",
    "core/__init__.py",
    "core/assignment.py",
    "core/branches.py",
    "core/commands.py",
    "core/errors.py",
    "core/files.py",
    "core/folders.py",
    "core/git.py",
    "core/git_history.py",
    "core/imports.py",
    "core/inspection.py",
    "core/load.py",
    "core/locks.py",
    "core/open_folder.py",
    "core/ports.py",
    "core/processes.py",
    "core/receipts.py",
    "core/result.py",
    "core/scratch.py",
    "core/student_files.py",
    "core/submission.py",
    "core/text.py",
    "core/unpack.py",
    "core/wrapping.py",
    "services/__init__.py",
    "services/cache.py",
    "services/manager.py",
    "services/postgres/__init__.py",
    "services/postgres/access.py",
    "services/postgres/admin.py",
    "services/postgres/bounded_query.py",
    "services/postgres/connect.py",
    "services/postgres/course_connection.py",
    "services/postgres/database.py",
    "services/postgres/errors.py",
    "services/postgres/names.py",
    "services/postgres/open.py",
    "services/postgres/owner_connection.py",
    "services/postgres/provisioner.py",
    "services/postgres/psql.py",
    "services/postgres/removal.py",
    "services/postgres/roles.py",
    "services/postgres/script.py",
    "services/postgres/servers/__init__.py",
    "services/postgres/servers/binaries.py",
    "services/postgres/servers/container.py",
    "services/postgres/servers/embedded.py",
    "services/postgres/servers/external.py",
    "services/postgres/servers/ramdisk.py",
    "services/postgres/servers/reaper.py",
    "services/postgres/servers/settings.py",
    "services/postgres/servers/shared.py",
    "services/postgres/sql_lexer.py",
    "services/postgres/sql_words.py",
    "services/postgres/statement_counts.py",
    "services/postgres/touched_tables.py",
    "services/postgres/triggers.py",
    "services/postgres/watchdog.py",
    "services/storage.py",
    "student/__init__.py",
    "student/balancer.py",
    "student/card.py",
    "student/check.py",
    "student/dev_server.py",
    "student/examples.py",
    "student/feedback.py",
    "student/github_actions.py",
    "student/handing_in.py",
    "student/hints.py",
    "student/learn/__init__.py",
    "student/learn/card_view.py",
    "student/learn/command.py",
    "student/learn/desk.py",
    "student/learn/lesson.py",
    "student/learn/page/app.html",
    "student/learn/page/card.html",
    "student/learn/page/example.html",
    "student/learn/page/hints.html",
    "student/learn/page/learn.css",
    "student/learn/page/learn.html",
    "student/learn/page/progress.html",
    "student/learn/page/response.html",
    "student/learn/running_app.py",
    "student/learn/sending.py",
    "student/learn/shell_values.py",
    "student/learn/site.py",
    "student/learn/watcher.py",
    "student/local_system.py",
    "student/remarks.py",
    "student/scorecard.py",
    "student/since.py",
    "student/watching.py",
    "student/workspace.py",
    "web/__init__.py",
    "web/address.py",
    "web/diagrams.py",
    "web/events.py",
    "web/guard.py",
    "web/markdown.py",
    "web/page/base.css",
    "web/page/base.html",
    "web/page/icon.svg",
    "web/page/live.js",
    "web/pages.py",
    "web/server.py",
)
SANDBOX = (
    "apps/inside/service_host.py",
    "apps/sandbox/__init__.py",
    "apps/sandbox/bubblewrap.py",
    "apps/sandbox/bubblewrap_process.py",
    "apps/sandbox/launcher.py",
    "apps/sandbox/layout.py",
    "apps/sandbox/limits.py",
    "apps/sandbox/relay.py",
    "apps/sandbox/relay_ends.py",
    "apps/sandbox/session_pool.py",
    "services/postgres/servers/cluster.py",
    "services/postgres/servers/private.py",
    "services/private.py",
    "services/sandbox.py",
)
# A job of Classroom 50 grades a student's program, so the sandbox is handed out with it.
CLASSROOM50 = tuple(sorted((*STUDENTS, "student/classroom50.py", *SANDBOX)))

# Where a command, pytest or a job starts: every other part has to be used by one of these, directly or not.
ENTRIES = ("__main__.py", "student/classroom50.py", "cli/student.py", "checks/plugin.py")
# Imported inside functions, and only where a sandbox is asked for, which no command of a student's does.
UNCALLED = frozenset(SANDBOX)


def problems(package: Path, parts: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each part that is missing from the list or the kit, and for each that nothing uses.

    Args:
        package: the folder of the whole package.
        parts: the files in it that are handed out.
    """
    kit = _Kit(package)
    uses = {part: kit.used_by(part) for part in parts if (package / part).is_file()}
    for part in parts:
        if part not in uses:
            yield f"{part} is on a list in allow_list.py, but not in the kit: remove it from the list."
        for other in sorted(uses.get(part, set()) - set(parts) - UNCALLED):
            yield f"{part} uses {other}, which is not handed out: add it to the list in allow_list.py."
    for part in sorted(set(uses) - _reached(uses)):
        yield f"{part} is handed out, but nothing uses it: remove it from the list in allow_list.py."


def _reached(uses: dict[str, set[str]]) -> set[str]:
    """Every part that an entry uses, directly or not."""
    reached: set[str] = set()
    waiting = [part for part in ENTRIES if part in uses]
    while waiting:
        part = waiting.pop()
        if part not in reached:
            reached.add(part)
            waiting += uses[part] & set(uses)
    return reached


class _Kit:
    """The whole package, and which part of it uses which."""

    def __init__(self, package: Path) -> None:
        self.package = package
        self.files = {path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file()}
        self.parts = {_name(file): file for file in self.files if file.endswith(".py")}

    def used_by(self, part: str) -> set[str]:
        """Return every part that this one imports, starts as a module, or opens as a file next to it."""
        path = self.package / part
        if path.suffix != ".py":  # a template or a static file
            return set()
        used = self.imported(_name(part))
        for node in _run(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                used.update(*(self.imported(alias.name) for alias in node.names))
            elif isinstance(node, ast.ImportFrom):
                base = _name(part) if path.name == "__init__.py" else _name(part).rpartition(".")[0]
                module = importlib.util.resolve_name("." * node.level + (node.module or ""), base)
                used |= self.imported(module)
                used |= {self.parts[name] for alias in node.names if (name := f"{module}.{alias.name}") in self.parts}
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                used |= self.imported(node.value) if node.value in self.parts else set()
                used |= {f"{part.rpartition('/')[0]}/{node.value}".lstrip("/")} & self.files
        return used - {part}

    def imported(self, module: str) -> set[str]:
        """Return the parts that are run when a module is imported; one that does not exist is still named."""
        words = module.split(".")
        if words[0] != PACKAGE:
            return set()
        found = {self.parts.get(".".join(words[:count])) for count in range(1, len(words))}
        return {part for part in found if part} | {self.parts.get(module, f"{'/'.join(words[1:])}.py")}


def _name(part: str) -> str:
    """Return what a part is imported as."""
    words = [PACKAGE, *part.removesuffix(".py").split("/")]
    return ".".join(words[:-1] if words[-1] == "__init__" else words)


def _run(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield every node but those that only a type checker reads."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield node
            waiting += ast.iter_child_nodes(node)
