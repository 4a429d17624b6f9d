"""How requests to Reddit are authorised: tokens that last a day, of a permanent refresh token or of an account's password."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from ..adapter import Secret
from ._oauth import Api, bearer, request_token
from ._reddit_answers import explain

if TYPE_CHECKING:
    from ..http import Http
    from ..tokens import Token


def connected(
    http: Http,
    base_url: str,
    site: str,
    app: tuple[Secret, Secret],
    account: tuple[Secret, Secret],
    refresh_token: Secret,
    user_agent: str,
) -> Api:
    """The API for one attempt.

    Args:
        http: The attempt's.
        base_url: The API's.
        site: Where requests for tokens go.
        app: Its id and secret.
        account: Name and password, where there is no refresh token.
        refresh_token: A permanent one, if there is one.
        user_agent: Reddit wants one that is the app's own.
    """
    from ..tokens import Token

    agent = {"User-Agent": user_agent}

    async def renew(http: Http, old: Token) -> Token:
        """Ends after a day (an hour until 2020). A permanent refresh token stays the same."""
        grant = {"grant_type": "refresh_token", "refresh_token": old.refresh or ""}
        keep = old.refresh
        if not refresh_token.present:
            grant = {"grant_type": "password", "username": account[0].reveal(), "password": account[1].reveal()}
            keep = None
        url, pair = f"{site}/api/v1/access_token", (app[0].reveal(), app[1].reveal())
        return await request_token(http, url, grant, auth=pair, headers=agent, refresh=keep)

    refresh = refresh_token.reveal() if refresh_token.present else None
    if refresh is None:  # a mark of whose token is kept, so that another account or password drops it
        whose = "\n".join(secret.reveal() for secret in (app[0], *account))
        refresh = sha256(whose.encode()).hexdigest()
    return Api(http, base_url, bearer(Token("", refresh), renew), explain, agent)
