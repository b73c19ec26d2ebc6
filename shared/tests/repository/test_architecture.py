"""The structure of the kit is as docs/architecture.md describes it."""

import ast
import re
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[3]
KIT = ROOT / "shared" / "src" / "classroom"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
MOST_LINES, MOST_ENTRIES = 300, 9
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # grimp leaves the files that it reads open


@pytest.fixture(scope="module")
def graph():
    """The imports of the kit, including those for type checkers."""
    return grimp.build_graph("classroom", cache_dir=None)


def test_no_import_goes_in_a_circle(graph):
    """There is no import cycle."""
    edges = [(module, other) for module in graph.modules for other in graph.find_modules_directly_imported_by(module)]

    assert edges
    assert [edge for edge in edges if graph.chain_exists(importer=edge[1], imported=edge[0])] == []


@pytest.mark.parametrize("path", sorted((KIT / "apps" / "inside").glob("*.py")), ids=lambda path: path.name)
def test_what_runs_next_to_a_student_s_code_needs_the_standard_library_alone(path):
    """The files that run in the sandbox import the standard library and the libraries that run an app."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level != 1:  # 1 is a module of the same folder
            names.add("." * node.level + (node.module or "").split(".")[0])

    assert names - sys.stdlib_module_names <= {"uvicorn"}


def test_top_folder_has_few_entries():
    """A newcomer sees at most nine packages, each of which the page explains."""
    packages = {path.parent.name for path in KIT.glob("*/*.py")}

    assert len(packages) <= MOST_ENTRIES
    assert {name for name in packages if f"| `{name}` |" not in PAGE} == set()


def test_no_module_is_long():
    """No module of the kit has more than 300 lines."""
    paths = set(KIT.rglob("*.py"))

    lines = {path.relative_to(KIT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    assert {path: count for path, count in lines.items() if count > MOST_LINES} == {}


def test_paths_on_the_page_exist():
    """Each file and folder named on the page exists."""
    row = re.findall(r"^\| [^|]+ \| (.+) \|$", PAGE[PAGE.index("## To change X") :], re.MULTILINE)
    named = [name for cell in row for name in re.findall(r"`([a-z_0-9/]+(?:\.py|/))`", cell)]
    folders = {name.rpartition("/")[0] for name in named}

    def there(name):
        return (KIT / name).exists() or any((KIT / folder / name).exists() for folder in folders)

    assert named
    assert [name for name in named if not there(name)] == []
