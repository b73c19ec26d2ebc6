"""What an app prints is kept, and can be read at any time."""

import os
import threading

import pytest
from classroom.apps import output


@pytest.fixture(params=[True, False], ids=["asked", "not asked"])
def printing(request, monkeypatch):
    """The output that was kept, and the end to print to; also on systems where a pipe cannot be polled."""
    if request.param and not output.FORKS:
        pytest.skip("a pipe cannot be asked on this system")
    monkeypatch.setattr(output, "FORKS", request.param)
    here, there = os.pipe()
    kept = output.Output(here)
    yield kept, there
    os.close(there)


def test_output_of_a_running_app_is_what_it_has_printed_so_far(printing):
    """What an app has printed is read while the app runs, even when it prints nothing more."""
    kept, there = printing
    os.write(there, b"one\n")
    told = []
    asking = threading.Thread(target=lambda: told.append(kept.since(0)), daemon=True)

    asking.start()
    asking.join(120)

    assert told == ["one\n"]
