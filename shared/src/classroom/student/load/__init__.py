"""Load for a site: sends requests as its visitors would, and reads what each part of the site has counted."""

from classroom.student.load.counts import Counts
from classroom.student.load.figures import Figures
from classroom.student.load.load import Load
from classroom.student.load.parts import Parts

__all__ = ["Counts", "Figures", "Load", "Parts"]
