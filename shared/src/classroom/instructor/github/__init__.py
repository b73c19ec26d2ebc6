"""Weeks on GitHub: handed out, and looked at, by one command each; `provider.py` is the interface to the platform."""
