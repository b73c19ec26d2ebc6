"""Data and plain tools that all other packages use: assignments, submissions, results, files, git, processes, locks."""
