"""Build the sandbox of official grading from outside: everything of a submission runs inside it."""
