"""Who is calling."""

from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

# Reads the header `Authorization: Bearer ...`; None if there is no such header. (provided)
bearer = HTTPBearer(auto_error=False)


def current_account(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> str:
    """Return the account that the token names; without a valid token, end the request with 401."""
    # `credentials.credentials` is the token's text, `settings.auth_secret` the secret that signs it.
    # TODO 2: reject a token that is missing, broken, expired, without `exp`, or signed in another way.
    raise NotImplementedError("TODO 2: return the account that the token names")


# A route with a parameter `account: Account` runs only for a caller with a valid token. (provided)
Account = Annotated[str, Depends(current_account)]
