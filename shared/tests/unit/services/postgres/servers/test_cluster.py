"""The archive from which each submission's server is unpacked."""

import os
import tarfile
import tempfile

import pytest
from classroom.core.errors import CouldNotCheck
from classroom.services.postgres.servers.cluster import cluster_archive

root_only = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root runs the database under another account"
)


@root_only
def test_folder_for_temporary_files_that_is_roots_alone(fresh_cache, tmp_path, monkeypatch):
    """The first archive on a machine is created in any folder for temporary files, such as a worker's own."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(closed))

    archive, password = cluster_archive()

    assert len(password) == 32
    with tarfile.open(archive) as packed:
        assert "cluster/PG_VERSION" in packed.getnames()
    assert {entry.name for entry in fresh_cache.iterdir() if entry.name.startswith("classroom-")} == set()


@root_only
def test_cache_that_the_account_may_not_enter(cache_named):
    """A cache folder inside one that only root can enter is named, with what to do."""
    with cache_named("mine/cache") as folder:
        folder.parent.mkdir(mode=0o700)

        with pytest.raises(CouldNotCheck, match=r"cannot get into .*mine/cache.*that everyone may enter"):
            cluster_archive()
