"""What a build of the Dockerfile puts where: which files of the folder are at which path of the image."""

import posixpath
import re

from classroom import Dockerfile, DockerIgnore, expect

CODE, PACKAGES = "app/main.py", "app/requirements.txt"
# What the folder holds on a student's computer, as far as a build may see it.
FOLDER = (CODE, PACKAGES, "app/__init__.py", "app/database.py", "compose.yaml", "Dockerfile", "README.md")


class Build:
    """A build, worked out from the contents of the Dockerfile and of .dockerignore."""

    def __init__(self, text, ignored):
        self.file = Dockerfile(text)
        self.ignore = DockerIgnore(ignored)
        self.image = self.file.image

    def copied_stages(self):
        """Return the stages from which the image copies something."""
        names = [copy.flags["from"] for copy in self.image.all("COPY") if "from" in copy.flags]
        return [found for name in names if (found := self.file.stage(name)) is not None]

    def files(self, stage, until=None):
        """Return the files, by path, that a stage has copied from the folder before an instruction."""
        files, folder = {}, "/"
        for found in stage.instructions:
            if found is until:
                break
            if found.name == "WORKDIR":
                folder = joined(folder, stage.filled(found.text))
            elif found.name in ("COPY", "ADD"):
                if "from" not in found.flags:
                    files |= self.files_of(stage, found, files, folder)
                elif other := self.file.stage(found.flags["from"]):
                    files |= _taken(self.files(other), stage, found, folder)
        return files

    def files_of(self, stage, copy, files, folder):
        """Return the files that one COPY copies, by their path in the image."""
        *sources, target = [stage.filled(word) for word in copy.words] or [""]
        found = {}
        for source in sources:
            plain = posixpath.normpath(source.lstrip("/") or ".")
            for name in FOLDER:
                if self.ignore.excludes(name):
                    continue
                if plain == "." or name.startswith(f"{plain}/"):
                    inner = name if plain == "." else name.removeprefix(f"{plain}/")
                    found[joined(folder, target, inner)] = name
                elif name == plain or _matches(plain, name):
                    within = target.endswith("/") or target in (".", "..") or len(sources) > 1 or plain != name
                    within = within or any(path.startswith(f"{joined(folder, target)}/") for path in files)
                    found[joined(folder, target, *([posixpath.basename(name)] if within else []))] = name
        return found

    def brings_code(self, copy):
        """Return whether a COPY brings the code into the image, from the folder or from another stage."""
        return "from" in copy.flags or CODE in self.files_of(self.image, copy, {}, "/").values()


def written(submission, path, number):
    """Return the text of a file, and expect that it contains more than the TODO comment."""
    text = submission.read(path)
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    expect.that(lines, f"{path}: TODO {number} is not written yet.")
    return text


def folder_of(stage, until=None):
    """Return the working folder at an instruction, or at the end."""
    folder = "/"
    for found in stage.all("WORKDIR"):
        if until is None or found.line < until.line:
            folder = joined(folder, stage.filled(found.text))
    return folder


def joined(*parts):
    """Return a path in the image."""
    return posixpath.normpath(posixpath.join(*parts))


def _taken(files, stage, copy, folder):
    """Return the files that COPY --from takes from another stage."""
    *sources, target = [stage.filled(word) for word in copy.words] or [""]
    found = {}
    for source in sources:
        for path, name in files.items():
            if path == source.rstrip("/") or path.startswith(f"{source.rstrip('/')}/"):
                found[joined(folder, target, path.removeprefix(source).lstrip("/"))] = name
    return found


def _matches(pattern, name):
    """Return whether a COPY pattern, such as `*.txt`, matches a file in the folder."""
    return "*" in pattern and re.fullmatch(re.escape(pattern).replace(r"\*", "[^/]*"), name) is not None
