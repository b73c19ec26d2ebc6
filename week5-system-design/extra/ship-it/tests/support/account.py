"""The account for which pip runs in a build, and whether the app finds the packages afterwards."""

import re

from classroom import expect

MAKES_ACCOUNT = re.compile(r"\b(?:useradd|adduser)\b([^;&|\n]*)")
# Ways of giving an account a folder of its own, and of installing packages somewhere else.
HOME = re.compile(r"\badduser\b|/home/|(?:^|\s)(?:-[a-zA-Z]*[md]|--create-home|--home)")
OTHER_PLACE = re.compile(
    r"--target|--prefix|--root\b|\s-t\s|venv|/bin/|PIP_|VIRTUAL_ENV|PYTHONUSERBASE|PYTHONPATH|\bHOME\b|\bPATH\b"
)


class Installer:
    """Who runs pip in a build.

    Args:
        image: the stage that the app runs in.
        stage: the one in which pip runs.
        run: the instruction that runs it.
    """

    def __init__(self, image, stage, run):
        self.image, self.stage, self.run = image, stage, run
        self.user = next((found for found in reversed(stage.all("USER")) if found.line < run.line), None)
        self.name = stage.filled(self.user.text).partition(":")[0].strip() if self.user else "root"

    def can_install(self):
        """Expect that pip runs as root, or as an account that can install packages where the app finds them."""
        places = [self.run.text, *self.stage.variables, *self.image.variables]
        if self.name in ("root", "0") or any(OTHER_PLACE.search(text) for text in places):
            return
        because = f"{self.run.where}: pip runs as {self.name} (line {self.user.line})"
        above = [found.text for found in self.stage.all("RUN") if found.line < self.user.line]
        makes = [text for text in above if MAKES_ACCOUNT.search(text)]
        expect.that(
            not makes or any(HOME.search(text) for text in makes),
            f"{because}, and this account has no folder to install packages in: write USER below this line.",
        )
        command = " ".join(found.text for found in self.image.all("ENTRYPOINT", "CMD"))
        expect.that(
            "python" in command or ".local" in command or not makes,
            f"{because}, so it installs uvicorn in a folder that is not on PATH: write USER below this line.",
        )
