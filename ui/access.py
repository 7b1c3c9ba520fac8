"""Who may ask: an API key, a signed token, or a name that a trusted proxy gives. Nobody else, unless access is open."""

import hashlib
import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import Scope

from ingest import Within
from qa import Settings
from ui.errors import ForbiddenError, NotSignedInError, ServerError
from ui.keys import PREFIX, KeyFile, KeyFileError
from ui.tokens import TokenRefusedError, Tokens

ASK, INGEST, ADMIN = "ask", "ingest", "admin"
SCOPES = (ASK, INGEST, ADMIN)
COOKIE = "citewire_login"
_LONGEST = 8192  # characters of a credential
_SAFE = ("GET", "HEAD", "OPTIONS")
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})

# What anybody may have: is it alive, how to log in, and scripts and styles that hold nobody's words.
PUBLIC = ("/health/live", "/health/ready", "/login", "/widget.js", "/widget/demo", "/widget/check")
_PUBLIC_BELOW = ("/citewire/",)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Attributes:
        name: for logs and limits; never a secret.
        scopes: what they may do, and which restricted articles they may see.
        ambient: a browser sends what lets them in by itself, so that another site's page could use it.
        anonymous: nothing says who they are; `name` is the address that they come from now.
    """

    name: str
    scopes: frozenset[str]
    ambient: bool = False
    anonymous: bool = False


class Access:
    """The one place that decides who may ask.

    Args:
        settings: what lets people in.

    Raises:
        ServerError: others than whoever sits at this machine could ask, and nothing says who may.
        SettingsError: a way in is set up in a way that cannot work.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.keys = KeyFile(settings.library)
        self._tokens = Tokens(settings)
        self._by_proxy = bool(settings.proxies and settings.proxy_user)
        keys = self.keys.every()
        has_login = bool(self._tokens or self._by_proxy or any(key.valid for key in keys))
        local = settings.host in _LOCAL and not settings.proxies
        # A key that was made meant that not everybody may: when the last one ends, nothing opens by itself
        self.open = settings.access == "open" or (settings.access is None and local and not (has_login or keys))
        if not self.open and not has_login:
            ended = "Every key has expired or was revoked. " if keys else ""
            raise ServerError(
                f"{ended}Who may ask at {settings.host}? Make a key with `citewire keys make NAME`, set up signed "
                "tokens or a trusted proxy (docs/serving.md), or say CITEWIRE_ACCESS=open to let everybody ask."
            )
        # On one's own machine nobody else is there; on an open network, reading is all that everybody may do.
        self._everybody = frozenset(SCOPES) if local and settings.access is None else frozenset({ASK})
        self.rate = settings.rate if settings.rate is not None else 0 if self.open and local else 120
        self.hosts = _hosts(settings)

    async def caller(self, scope: Scope) -> Caller:
        """Who sends a request.

        Raises:
            NotSignedInError: nobody whom we know.
        """
        headers = Headers(scope=scope)
        kind, _, credential = headers.get("authorization", "").partition(" ")
        # Of another kind, it is a login for the proxy in front, which passes it on
        if kind.lower() == "bearer" and not (self.open and self._foreign(credential)):
            return await self._holder(credential.strip())
        if self._by_proxy and self._trusted(_peer(scope)) and (user := _only(headers, self._settings.proxy_user)):
            named = _only(headers, self._settings.proxy_scopes)
            return Caller(f"user {user[:100]}", _asking(named.replace(",", " ").split()), ambient=True)
        if credential := HTTPConnection(scope).cookies.get(COOKIE, ""):
            try:
                found = await self._holder(credential)
                return Caller(found.name, found.scopes, ambient=True)
            except NotSignedInError:
                if not self.open:
                    raise
        if self.open:
            return Caller(self.address(scope), self._everybody, ambient=True, anonymous=True)
        raise NotSignedInError(
            "Use `Authorization: Bearer` with a key or a token." if kind else "A key or a token is needed."
        )

    def _foreign(self, credential: str) -> bool:
        """Whether this cannot be ours: many programs insist on sending some key, where none is needed too."""
        return not self._tokens and not credential.startswith(PREFIX)

    async def _holder(self, credential: str) -> Caller:
        if credential.startswith(PREFIX):
            return self.holder(credential)
        return await to_thread.run_sync(self.holder, credential)  # published keys may have to be fetched

    def holder(self, credential: str) -> Caller:
        """Whose key or token this is. May fetch the keys by which tokens are checked.

        Raises:
            NotSignedInError: nobody's, or it is good for nothing any more.
            RuntimeError: the keys cannot be read.
        """
        try:
            return self._known(credential)
        except KeyFileError as error:  # it says where files are: that is for the log, not for strangers
            raise RuntimeError("The keys cannot be read.") from error

    def _known(self, credential: str) -> Caller:
        if len(credential) > _LONGEST:
            raise NotSignedInError("This is no key.")
        if credential.startswith(PREFIX):
            key = self.keys.find(credential)
            if key is None:
                raise NotSignedInError("This key is not known, has expired or was revoked.")
            return Caller(f"key {key.id}", frozenset(key.scopes))
        if not self._tokens:
            raise NotSignedInError("This is no key.")
        try:
            claims = self._tokens.claims(credential)
        except TokenRefusedError as error:
            raise NotSignedInError(f"This token does not let you in. {error}") from None
        if self.keys.token_revoked(str(claims.get("jti", ""))):
            raise NotSignedInError("This token does not let you in. It was revoked.")
        given = claims.get("scope", "")
        named = given.split() if isinstance(given, str) else [str(name) for name in given]
        signed = credential.rpartition(".")[0]  # the rest could be written in other ways
        whose = claims.get("sub") or hashlib.sha256(signed.encode()).hexdigest()[:16]
        return Caller(f"token {str(whose)[:100]}", _asking(named))

    def check(self, caller: Caller, scope: Scope) -> None:
        """Whether a caller may do what a request wants.

        Raises:
            ForbiddenError: they may not.
        """
        needed = needed_scope(scope["method"], scope["path"])
        if needed not in caller.scopes:
            raise ForbiddenError(f"This needs the scope {needed!r}.")
        # A page elsewhere, of a listed origin, asks as anybody: never by its reader's cookie or a proxy's login
        listed = caller.anonymous and needed == ASK
        if caller.ambient and scope["method"] not in _SAFE and not self._from_here(Headers(scope=scope), listed=listed):
            raise ForbiddenError("Pages of other sites may not do this.")

    def within(self, caller: Caller) -> Within:
        """The part of the library that a caller may see."""
        if ADMIN in caller.scopes:
            return Within()
        return self._settings.visible(caller.scopes)

    def address(self, scope: Scope) -> str:
        """The address that a request comes from; a trusted proxy says for whom it speaks."""
        peer = _peer(scope)
        if self._trusted(peer):
            said = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
            for hop in reversed([part.strip() for part in said.split(",") if part.strip()]):
                if not self._trusted(hop):
                    return hop[:100]
        return peer

    def secure(self, scope: Scope) -> bool:
        """Whether a browser came by https."""
        said = Headers(scope=scope).get("x-forwarded-proto", "") if self._trusted(_peer(scope)) else ""
        return (said or scope["scheme"]) == "https"

    def _trusted(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        found = getattr(found, "ipv4_mapped", None) or found  # what listens on both writes the one in the other
        return any(found in network for network in self._settings.proxies)

    def _from_here(self, headers: Headers, *, listed: bool) -> bool:
        """Whether a page of ours sent this, or, where `listed`, one of an origin that may ask."""
        origin = headers.get("origin")
        if origin is None:
            return headers.get("sec-fetch-site", "none") in ("none", "same-origin")
        return (listed and origin in self._settings.origins) or origin.partition("://")[2] == headers.get("host", "")


def needed_scope(method: str, path: str) -> str | None:
    """The scope that a request needs; None for what anybody may have. What is not named here needs `ask`."""
    if path in PUBLIC or (path.startswith(_PUBLIC_BELOW) and method in _SAFE):
        return None
    if path == "/metrics" or (path.startswith("/api/feedback") and method != "POST"):
        return ADMIN
    if path.startswith("/api/sync") or (path.startswith("/api/articles") and method not in _SAFE):
        return INGEST
    return ASK


def _asking(named: Iterable[str]) -> frozenset[str]:
    """The scopes of people whom others vouch for: to write or to rule takes a key of ours."""
    return frozenset(named) - {INGEST, ADMIN} | {ASK}


def _only(headers: Headers, name: str | None) -> str:
    """What a header says that is there once: where a proxy adds a second, the first is the client's own."""
    found = headers.getlist(name or "")
    return found[0] if len(found) == 1 else ""


def _peer(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else "unknown"


def _hosts(settings: Settings) -> frozenset[str]:
    """The names by which the server may be called: whoever makes a browser call it by another is up to something."""
    own = {socket.gethostname().lower()} if settings.host not in _LOCAL else set()
    return frozenset({name.lower() for name in settings.hosts} | {"localhost", settings.host.lower()} | own)
