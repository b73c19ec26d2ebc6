"""The cause of a failure in the student's own terms: file, line, error, and advice for common mistakes."""
