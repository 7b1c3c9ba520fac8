"""Signed tokens (JWT) that another server hands to its visitors: HS256 by a shared secret, RS256 by published keys."""

from pathlib import Path
from typing import Any

from qa import Settings
from qa.errors import SettingsError

_LEAST = 32  # bytes of the secret: as many as HS256 has
_PATIENCE = 5.0  # seconds for fetching the published keys


class TokenRefusedError(Exception):
    """The token lets nobody in; the message says why."""


class Tokens:
    """Checks signature, audience and expiry. Which algorithm counts is our choice, never the token's.

    Args:
        settings: the secret, or where the published keys are, and the audience.

    Raises:
        SettingsError: the secret is too short, or PyJWT is not installed.
    """

    def __init__(self, settings: Settings) -> None:
        self._secret, self._audience = settings.token_secret, settings.token_audience
        self._client: Any = None
        self._keys: Path | None = None
        if self._secret and len(self._secret.encode()) < _LEAST:
            raise SettingsError(f"token_secret has fewer than {_LEAST} bytes: make one with `openssl rand -hex 32`.")
        if settings.token_jwks:
            jwt = _library()
            if settings.token_jwks.startswith(("https://", "http://")):
                self._client = jwt.PyJWKClient(settings.token_jwks, lifespan=300, timeout=_PATIENCE)
            else:
                self._keys = Path(settings.token_jwks)
        elif self._secret:
            _library()

    def __bool__(self) -> bool:
        """Whether tokens are accepted at all."""
        return bool(self._secret or self._client or self._keys)

    def claims(self, token: str) -> dict[str, Any]:
        """What a token says. May fetch the published keys.

        Raises:
            TokenRefusedError: it is not signed by whom we trust, is for another audience, or has expired.
        """
        jwt = _library()
        try:
            algorithm = jwt.get_unverified_header(token).get("alg")
            if algorithm == "HS256" and self._secret:
                key: Any = self._secret
            elif algorithm == "RS256" and (self._client or self._keys):
                key = self._published(token)
            else:
                raise TokenRefusedError("It is signed in a way that is not accepted here.")
            claims: dict[str, Any] = jwt.decode(
                token, key, [algorithm], audience=self._audience, options={"require": ["exp", "aud"]}
            )
        except jwt.ExpiredSignatureError:
            raise TokenRefusedError("It has expired.") from None
        except jwt.InvalidAudienceError:
            raise TokenRefusedError("It is for another audience.") from None
        except (jwt.PyJWTError, OSError, ValueError):
            raise TokenRefusedError("It is not signed by whom this server trusts.") from None
        return claims

    def _published(self, token: str) -> Any:
        jwt = _library()
        if self._client:
            return self._client.get_signing_key_from_jwt(token).key
        wanted = jwt.get_unverified_header(token).get("kid")
        keys = jwt.PyJWKSet.from_json(self._keys.read_text("utf-8")).keys if self._keys else []
        for key in keys:
            if key.key_id == wanted:
                return key.key
        raise TokenRefusedError("It is signed with a key that is not published.")


def _library() -> Any:
    try:
        import jwt  # an extra: who uses keys alone does not need it
    except ModuleNotFoundError:
        raise SettingsError("Signed tokens need PyJWT: pip install 'citewire[tokens]'") from None
    return jwt
