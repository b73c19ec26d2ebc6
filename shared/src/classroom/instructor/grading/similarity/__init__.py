"""Similarities between submissions: groups that are worth a look, by code that is not common.

The method is the one that MOSS and JPlag use: k-grams of words, compared as written and with every name that a student chose
replaced by one placeholder. What the starter, README, hints and lesson contain does not count. A short k-gram counts
only if few submissions have it, since right answers to small tasks are alike by nature; a long one always counts,
because nobody writes twenty words in a row like someone else by chance, however many others have the same copy.
Nothing is said about who copied from whom, or whether anyone did.

`grade` writes two files. `similar.json` is a list of pairs, which `groups_of` turns into what the page shows:

    [{"group": 1, "rare_overlap": 0.93, "similarity": 0.88,
      "left":  {"name": "ada", "known": false, "lines": [["app/main.py", 12, "total = 0", "rare"], ...]},
      "right": {"name": "eve", "known": false, "lines": [...]}}, ...]

- `rare_overlap` is the shared share: of the smaller side's k-grams that count, those that the other side has, 0 to 1.
- A line is its file, number, text and mark: `rare` if it counts as shared, `same` if both sides have it, empty if it
  differs. `lines` is empty for pairs that are beyond the number of passages that are kept.
- The pairs of a group connect everyone in it, each with the one with whom they share most.
- `known` marks a submission of `--known`, whose name begins with the name of its folder: `2025/ada`.

`similar.csv` also lists the pairs that are not needed to connect a group, up to 2,000 pairs in total.
"""

from classroom.instructor.grading.similarity.group import Group, groups_of
from classroom.instructor.grading.similarity.joined import joined_similarities
from classroom.instructor.grading.similarity.known import known_submissions
from classroom.instructor.grading.similarity.own_code import Starter
from classroom.instructor.grading.similarity.pair import Pair, Side
from classroom.instructor.grading.similarity.search import Similarities, similarities, starter_of, submission_texts
from classroom.instructor.grading.similarity.tables import join_similarities, read_pairs, write_similarities

__all__ = [
    "Group",
    "Pair",
    "Side",
    "Similarities",
    "Starter",
    "groups_of",
    "join_similarities",
    "joined_similarities",
    "known_submissions",
    "read_pairs",
    "similarities",
    "starter_of",
    "submission_texts",
    "write_similarities",
]
