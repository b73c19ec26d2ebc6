"""What everything else builds on: assignment, submission, result, and the plain tools for files, git, processes and locks."""
