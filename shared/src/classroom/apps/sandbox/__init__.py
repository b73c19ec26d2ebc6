"""The sandbox of official grading, built from outside: everything of a submission that runs, runs inside it."""
