"""A server where a login is set, and what lets people in."""

import base64
import contextlib
import hmac
import itertools
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ingest import Article, Library, WordHashEncoder
from tests.ui import servers
from tests.ui.routes import Asked
from tests.ui.servers import Server
from ui.keys import KeyFile

SECRET = "a secret of more than thirty-two bytes"
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ALLOWED = "https://intranet.example"
RESTRICTED = Article("board", "Minutes", "The board sells the ferry. It is secret.", "4.txt", "Board Papers")
_ADDRESSES = itertools.count(1)
_TRIES = 25  # an address that comes with thirty wrong keys in a minute is locked out


@dataclass(frozen=True)
class Guarded:
    """The server, a key for each of the scopes ask, ingest, admin and board, and the address that a test comes from."""

    server: Server
    keys: dict[str, str]
    address: str

    @property
    def url(self) -> str:
        """Where it is."""
        return self.server.url

    def request(self, method: str, path: str, credential: str = "", **more: object) -> httpx2.Response:
        """What it answers to a key or a token."""
        with self.client(credential) as client:
            return client.request(method, path, **more)  # type: ignore[arg-type]

    def client(self, credential: str = "", address: str = "") -> httpx2.Client:
        """Whoever has this key or token."""
        headers = {"Authorization": f"Bearer {credential}"} if credential else {}
        transport = httpx2.HTTPTransport(local_address=address or self.address)
        return httpx2.Client(base_url=self.url, timeout=20, transport=transport, headers=headers)

    def strangers(self, routes: Iterable[Asked], *credentials: str) -> Iterator[tuple[Asked, httpx2.Response]]:
        """What it answers on these routes to who has the wrong key, a few times from each address."""
        wrong = itertools.cycle(credentials or ("",))
        tried = list(routes)
        for start in range(0, len(tried), _TRIES):
            with self.client(address=_address()) as client:
                for asked in tried[start : start + _TRIES]:
                    credential = next(wrong)
                    headers = {"Authorization": f"Bearer {credential}"} if credential else {}
                    yield asked, beginning(client, asked.method, asked.path(), headers=headers)


def beginning(client: httpx2.Client, method: str, path: str, **more: object) -> httpx2.Response:
    """An answer; of a stream, which may never end, only its status and headers."""
    with client.stream(method, path, **more) as response:  # type: ignore[arg-type]
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            response.read()
        return response


def _address() -> str:
    return f"127.0.1.{next(_ADDRESSES)}"


@contextlib.contextmanager
def listening(library: Path) -> Iterator[tuple[Server, dict[str, str]]]:
    """The server, with the keys, until the end of the block.

    Args:
        library: encoded by word hashes; it gets one restricted article.
    """
    with Library.open(library, WordHashEncoder()) as opened:
        opened.replace([RESTRICTED])
    keys = {scope: KeyFile(library).make(scope, ["ask", scope])[1] for scope in ("ask", "ingest", "admin", "board")}
    public = jwt.algorithms.RSAAlgorithm.to_jwk(PRIVATE.public_key(), as_dict=True)
    jwks = library.with_name("jwks.json")
    jwks.write_text(json.dumps({"keys": [{**public, "kid": "one", "alg": "RS256"}]}))
    articles = library.with_name("articles")
    articles.mkdir()
    (articles / "a.txt").write_text("A new harbour\n\nThe harbour opens in June.")
    settings = {
        "TOKEN_SECRET": SECRET,
        "TOKEN_JWKS": str(jwks),
        "ORIGINS": ALLOWED,
        "RESTRICTED": "board papers=board",
        "SYNC_PATHS": str(articles),
        "RATE": "0",
    }
    with servers.scripted(library, **settings) as started:
        yield started, keys


def visiting(server: Server, keys: dict[str, str]) -> Guarded:
    """For one test, from an address of its own: wrong credentials lock one out for a while."""
    return Guarded(server, keys, _address())


def confused() -> str:
    """A token signed by HS256 with the published key, which everybody has, as if it were the secret."""
    published = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header, claims, _ = token().split(".")
    digest = hmac.digest(published, f"{header}.{claims}".encode(), "sha256")
    return f"{header}.{claims}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def token(secret: object = SECRET, algorithm: str = "HS256", **claims: object) -> str:
    """A signed token, good for an hour unless its claims say otherwise."""
    claims = {"sub": "ada", "aud": "citewire", "exp": int(time.time()) + 3600, **claims}
    return jwt.encode(claims, secret, algorithm, headers={"kid": "one"})  # type: ignore[arg-type]
