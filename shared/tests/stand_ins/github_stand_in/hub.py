"""The git of a stand-in's repositories: bare repositories in a folder, which git reaches as file://FOLDER/OWNER/NAME.git."""

import os
import shutil
import subprocess

MADE = "2026-11-10T12:00:00Z"


class Hub:
    """The repositories in a folder; `address` is for GITHUB_SERVER_URL."""

    def __init__(self, folder):
        self.folder, self.address = folder, f"file://{folder}"

    def path(self, name):
        """Return where a repository OWNER/NAME is."""
        return self.folder / f"{name}.git"

    def tip(self, name, branch="main"):
        """Return the commit of a branch, or an empty string."""
        words = ("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}")
        return self._git(name, *words, check=False)

    def text(self, name, path, branch="main"):
        """Return the text of a file."""
        return self._git(name, "cat-file", "blob", f"{branch}:{path}")

    def commit(self, name, files, branch="main", made=MADE, *, amend=False):
        """Commit files next to those that are there; return the commit."""
        if not self.path(name).exists():
            self._run("init", "--quiet", "--bare", "--template=", "--initial-branch", "main", self.path(name))
            self._git(name, "config", "uploadpack.allowAnySHA1InWant", "true")
        tip, index = self.tip(name, branch), {"GIT_INDEX_FILE": str(self.folder / "index")}
        self._git(name, "read-tree", *([tip] if tip else ["--empty"]), env=index)
        for path, text in files.items():
            blob = self._git(name, "hash-object", "-w", "--stdin", stdin=text)
            self._git(name, "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", env=index)
        parent = self._git(name, "rev-parse", f"{tip}^") if amend else tip
        return self._commit(name, self._git(name, "write-tree", env=index), parent, branch, made)

    def generate(self, template, name):
        """Copy the files of a template into one first commit, as GitHub does."""
        shutil.copytree(self.path(template), self.path(name))
        self._commit(name, self._git(name, "rev-parse", "main^{tree}"), "", "main", MADE)

    def merge(self, name, branch, *, squash=False):
        """Merge a branch into main without conflicts."""
        tree = self._git(name, "merge-tree", "--write-tree", "main", branch).splitlines()[0]
        self._commit(name, tree, self.tip(name), "main", MADE, *([] if squash else [self.tip(name, branch)]))

    def delete(self, name, branch):
        """Delete a branch."""
        self._git(name, "update-ref", "-d", f"refs/heads/{branch}")

    def _commit(self, name, tree, parent, branch, made, *parents):
        words = [word for one in (parent, *parents) if one for word in ("-p", one)]
        env = {"GIT_AUTHOR_DATE": made, "GIT_COMMITTER_DATE": made}
        commit = self._git(name, "commit-tree", tree, *words, "-m", f"Commit to {branch}", env=env)
        self._git(name, "update-ref", f"refs/heads/{branch}", commit)
        return commit

    def _git(self, name, *words, **more):
        return self._run("-C", self.path(name), *words, **more)

    def _run(self, *words, stdin=None, env=None, check=True):
        who = {f"GIT_{role}_{what}": "x@x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        command = ["git", *map(str, words)]
        done = subprocess.run(
            command, input=stdin, env=os.environ | who | (env or {}), check=check, capture_output=True, text=True
        )
        return done.stdout.strip()
