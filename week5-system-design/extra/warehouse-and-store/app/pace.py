"""How fast the services work (provided, read-only: the checks replace it with shorter times)."""

PAUSE = 0.5  # seconds until a service looks again, if there was nothing to do or an error
CLAIM_AFTER = 5  # seconds after which a message that was not acknowledged may be taken over
