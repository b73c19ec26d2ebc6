"""Settings (provided, read-only).

A real app gets its secret from the environment and never shows it. This one is fixed, so that the tokens on the page
of this extra are valid.
"""

from pwdlib import PasswordHash

SECRET = "for this exercise only, never for a real app"
TOKEN_SECONDS = 1800
PASSWORDS = PasswordHash.recommended()
EDITORS = ["ada"]  # the people who are editors as soon as they sign up
