"""A week's own fixtures: the modules in its `tests/support/`, registered as pytest plugins.

As plugins they serve the visible and the hidden checks alike, wherever the check modules are, and they may replace a
fixture of the kit by one of the same name.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = "support"


def register(config: pytest.Config, folder: Path) -> None:
    """Import each module in the folder as part of the package `support`, and register it with pytest.

    Args:
        config: of the session that the modules serve; at its end they are forgotten.
        folder: a week's `tests/support`. A week without one is left unchanged.

    Raises:
        pytest.UsageError: a module cannot be imported.
    """
    modules = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    if not modules:
        return
    _forget()
    config.add_cleanup(_forget)
    pytest.register_assert_rewrite(PACKAGE)  # before one module imports another
    sys.modules[PACKAGE] = module_from_spec(_package(folder))
    for name in modules:
        try:
            config.pluginmanager.import_plugin(f"{PACKAGE}.{name}")
        except Exception as error:
            cause = error.__cause__ or error
            raise pytest.UsageError(f"{folder / name}.py cannot be loaded: {type(cause).__name__}: {cause}") from error


def _package(folder: Path) -> ModuleSpec:
    """Return the spec of a package that is found in this folder and nowhere else, no matter what is on `sys.path`."""
    spec = ModuleSpec(PACKAGE, None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    return spec


def _forget() -> None:
    """Remove the package of an earlier session in this process, which may have been another week's."""
    for name in [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")]:
        del sys.modules[name]
