"""Sheets for a talk about a submission: how it came about, and questions about the student's own lines."""
