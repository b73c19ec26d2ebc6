"""Rows of the academy, none of them twice."""

import itertools

import pytest
from classroom.checks.words import FAMILIES, FIELDS_OF_HELP, FIRST_NAMES, KINDS_OF_HELP


class Rows:
    """Makes rows that follow every rule, in the student's tables; any rows they depend on are stored first."""

    counter = itertools.count(100)

    def __init__(self, tables, draw):
        self.tables = tables
        self.draw = draw

    def person(self):
        """Return a name."""
        return f"{self.draw.one_of(FIRST_NAMES)} {self.draw.one_of(FAMILIES)}"

    def department(self):
        """Return a new department."""
        number = next(self.counter)
        return {"code": f"D{number}", "name": f"{self.draw.one_of(FIELDS_OF_HELP)} {self.draw.one_of(KINDS_OF_HELP)}"}

    def student(self):
        """Return a new student."""
        number = next(self.counter)
        return {"number": f"S{number}", "name": self.person(), "email": f"s{number}@example.org"}

    def lecturer(self):
        """Return a new lecturer."""
        return {"name": self.person()}

    def course(self):
        """Return a new course in a stored department."""
        number, department = next(self.counter), self.tables.grounded("departments", self.department())
        title = f"{self.draw.one_of(FIELDS_OF_HELP)} {number}"
        worth = self.draw.randint(2, 29)
        return {"code": f"C{number}", "title": title, "credits": worth, "department_id": department["id"]}

    def offering(self):
        """Return a new offering of a stored course."""
        course = self.tables.grounded("courses", self.course())
        return {
            "course_id": course["id"],
            "year": self.draw.randint(2015, 2025),
            "term": self.draw.one_of(["spring", "fall"]),
        }

    def teaching(self):
        """Return a new row that pairs a stored offering with a stored lecturer."""
        offering = self.tables.grounded("offerings", self.offering())
        return {"offering_id": offering["id"], "lecturer_id": self.tables.grounded("lecturers", self.lecturer())["id"]}

    def enrollment(self):
        """Return a new enrollment of a stored student in a stored offering."""
        offering = self.tables.grounded("offerings", self.offering())
        student = self.tables.grounded("students", self.student())
        return {
            "offering_id": offering["id"],
            "student_id": student["id"],
            "grade": self.draw.one_of(["1.3", "2.7", "4.0"]),
        }

    def prerequisite(self):
        """Return a new row that pairs two stored courses."""
        course, required = (self.tables.grounded("courses", self.course()) for _ in range(2))
        return {"course_id": course["id"], "required_id": required["id"]}


@pytest.fixture
def rows(tables, draw):
    """New rows that follow every rule."""
    return Rows(tables, draw)


@pytest.fixture
def ruled_rows(ruled, draw):
    """New rows that follow every rule, in the tables with the rules from task 4."""
    return Rows(ruled, draw)
