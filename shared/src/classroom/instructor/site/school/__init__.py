"""Signing in with a school's OpenID Connect provider: optional, next to personal links and the join link."""
