"""The access tokens that the emulator has given out. Decides by the moments it is given, and holds no clock."""

import secrets

from attrs import define, evolve, field, frozen


@frozen
class Token:
    """One access token: as whom it speaks, and until when."""

    text: str = field(repr=False)
    user_id: str
    ends_at: float  # loop time
    workspace: str = "production"


@define
class Tokens:
    """All live tokens. Each login gives a new one and ends none, as on the real server."""

    ttl: float
    _live: dict[str, Token] = field(factory=dict, repr=False)

    def issue(self, user_id: str, now: float, seconds: float | None = None) -> Token:
        """Issue a new token of 40 letters, for *seconds* or else for the usual time."""
        token = Token(secrets.token_hex(20), user_id, now + (self.ttl if seconds is None else seconds))
        self._live[token.text] = token
        return token

    def find(self, text: str, now: float) -> Token | None:
        """Find a live token; None when it is unknown, revoked or over."""
        token = self._live.get(text)
        if token is None or now >= token.ends_at:
            return None
        return token

    def workspace(self, text: str) -> str:
        """Return the workspace of a live token; a new one works in production."""
        return self._live[text].workspace

    def move(self, text: str, workspace: str) -> None:
        """Let a live token work in *workspace*."""
        self._live[text] = evolve(self._live[text], workspace=workspace)

    def revoke(self, text: str) -> None:
        """End one token, and no other."""
        self._live.pop(text, None)

    def revoke_all(self) -> None:
        """End every token at once, as a restarted server does."""
        self._live.clear()


def token_in(authorization: str | None) -> str | None:
    """Read the token out of an Authorization header: `Bearer T` and `token T`, in any case of letters (as Looker)."""
    scheme, _, text = (authorization or "").partition(" ")
    return text.strip() if scheme.lower() in {"bearer", "token"} and text.strip() else None
