"""A GitHub of one organization for tests, held against GitHub's own description of its API in both directions."""

from .stand_in import GitHub, Killed

__all__ = ["GitHub", "Killed"]
