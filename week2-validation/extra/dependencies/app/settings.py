"""How the app is started (provided, read-only: the checks also start it with PRACTICE = True)."""

PRACTICE = False
