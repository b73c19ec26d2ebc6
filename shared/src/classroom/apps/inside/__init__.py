"""Exactly what runs beside a student's code. It imports the standard library only: this folder is the trust boundary."""
