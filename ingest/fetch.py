"""Fetching: the only file of ingest that speaks HTTP, and what it may cost. See docs/fetching.md."""

import contextlib
import functools
import ssl
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import httpx2
from protego import Protego

from ingest import addresses
from ingest.addresses import AddressRules
from ingest.deadline import Deadline
from ingest.errors import FetchError, GoneError

AGENT = f"Citewire/{version('citewire')}"
_REDIRECTS = (301, 302, 303, 307, 308)
_ROBOTS_BYTES = 500_000  # what RFC 9309 asks a reader to take at the least
_LONGEST_DELAY = 30.0  # seconds; a robots.txt that asks for more is given this

Resolver = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may cost.

    Attributes:
        size: bytes of the body after decompression.
        seconds: from the first byte sent to the last one read, redirects included.
        hops: redirects followed.
        connect: seconds to wait for a connection.
    """

    size: int = 30_000_000
    seconds: float = 30.0
    hops: int = 5
    connect: float = 10.0


@dataclass(frozen=True, slots=True)
class Page:
    """What an address gave.

    Attributes:
        url: where the body was found, after redirects.
        body: decompressed; empty when `unchanged`.
        media_type: as stated, in lower case, without parameters; empty where none is.
        etag, last_modified: to be sent back next time.
        unchanged: the server says that it is as it was (304).
    """

    url: str
    body: bytes
    media_type: str
    etag: str | None
    last_modified: str | None
    unchanged: bool = False


class Fetcher:
    """Fetches pages: politely, from permitted addresses alone, each within limits. For one thread at a time.

    Args:
        rules: which addresses are permitted; None for public ones.
        delay: seconds between two requests to one host; its robots.txt may ask for more.
        limits: of each fetch.
        resolve: host, port -> addresses.
    """

    def __init__(
        self,
        rules: AddressRules | None = None,
        *,
        delay: float = 1.0,
        limits: Limits | None = None,
        resolve: Resolver = addresses.resolve,
    ) -> None:
        self._rules = rules or AddressRules()
        self._delay, self._limits, self._resolve = delay, limits or Limits(), resolve
        self._robots: dict[str, Protego | FetchError] = {}
        self._next: dict[tuple[str, int], float] = {}  # host, port -> when it may be asked again
        self._client = httpx2.Client(
            verify=ssl.create_default_context(),
            trust_env=False,  # a proxy would resolve names by itself, past our check
            # A connection is for one request: two names at one address must not share what was verified for one
            limits=httpx2.Limits(max_keepalive_connections=0),
        )

    def close(self) -> None:
        """End it. It cannot be used afterwards."""
        self._client.close()

    def __enter__(self) -> "Fetcher":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Page:
        """Fetch an address, following redirects.

        Args:
            url: an http or https address.
            etag, last_modified: of the last fetch; the page may then be `unchanged`.

        Raises:
            GoneError: the server says that there is nothing any more (410).
            FetchError: it may not be fetched, cannot be reached, or costs more than the limits; the message says which.
        """
        asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in asked.items() if value}
        with Deadline(self._limits.seconds) as deadline:
            return self._follow(_parse(url), headers, deadline)

    def _follow(self, url: httpx2.URL, headers: Mapping[str, str], deadline: Deadline, *, robots: bool = True) -> Page:
        for _ in range(self._limits.hops + 1):
            if robots:
                self._ask_robots(url, deadline)
            with self._request(url, headers, deadline) as response:
                target = response.headers.get("location")
                if response.status_code not in _REDIRECTS or not target:
                    return self._page(url, response, deadline)
            url = _parse(target, url)
        raise FetchError(f"it redirects more than {self._limits.hops} times")

    def _page(self, url: httpx2.URL, response: httpx2.Response, deadline: Deadline) -> Page:
        status, headers = response.status_code, response.headers
        if status == 410:
            raise GoneError("the site says that it is gone (410)", status)
        if status not in (200, 203, 304):
            raise FetchError(f"the server answered {status}{f' {r}' if (r := response.reason_phrase) else ''}", status)
        body = b"" if status == 304 else self._body(response, deadline)
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        etag, modified = headers.get("etag"), headers.get("last-modified")
        return Page(str(url), body, media_type, etag, modified, unchanged=status == 304)

    @contextlib.contextmanager
    def _request(self, url: httpx2.URL, headers: Mapping[str, str], deadline: Deadline) -> Iterator[httpx2.Response]:
        """The response to one request, sent to an address that was checked: the name is not resolved again."""
        host, port = _server(url)
        permitted = self._rules.check(url.host, self._resolve(host, port))
        self._wait((host, port), deadline)
        request = functools.partial(
            self._client.build_request,
            "GET",
            headers={
                "Host": url.netloc.decode("ascii"),
                "User-Agent": AGENT,
                "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
                "Accept-Encoding": "gzip",
                "Connection": "close",
                **headers,
            },
            # Longer than the deadline, so that it is the deadline that speaks
            timeout=httpx2.Timeout(self._limits.seconds + 1, connect=self._limits.connect),
            extensions={"sni_hostname": host, "trace": deadline.see},
        )
        requests = [request(url.copy_with(host=address)) for address in permitted]
        try:
            with contextlib.closing(self._send(requests, deadline)) as response:
                yield response
        except (httpx2.HTTPError, ssl.SSLError, OSError) as error:
            raise FetchError(deadline.reason() or _reason(error)) from error

    def _send(self, requests: Sequence[httpx2.Request], deadline: Deadline) -> httpx2.Response:
        """The response to the first of these for which there is a connection: one address of a name may be dead."""
        *others, last = requests
        for request in others:
            with contextlib.suppress(httpx2.ConnectError, httpx2.ConnectTimeout):
                return self._client.send(request, stream=True)
            if why := deadline.reason():
                raise FetchError(why)
        return self._client.send(last, stream=True)

    def _body(self, response: httpx2.Response, deadline: Deadline) -> bytes:
        most = self._limits.size
        too_large = FetchError(f"it has more than {most / 1e6:g} MB, the limit for one page")
        stated = response.headers.get("content-length", "")
        if stated.isdigit() and int(stated) > most:
            raise too_large
        encoding = response.headers.get("content-encoding", "identity").lower()
        if encoding not in ("identity", "", "gzip", "x-gzip"):
            raise FetchError(f"it is compressed as {encoding}, which was not asked for")
        unpack = zlib.decompressobj(wbits=31) if "gzip" in encoding else None
        body = bytearray()
        try:
            for chunk in response.iter_raw(65536):
                body += unpack.decompress(chunk, most + 1 - len(body)) if unpack else chunk
                if len(body) > most:
                    raise too_large
        except zlib.error:
            raise FetchError("its gzip compression is broken") from None
        if deadline.reason() or (unpack and not unpack.eof):
            raise FetchError(deadline.reason() or "it ended before it was whole")
        return bytes(body)

    def _wait(self, host: tuple[str, int], deadline: Deadline) -> None:
        """Let a host rest between two requests; the wait does not count as the page's time."""
        pause = self._next.get(host, 0.0) - time.monotonic()
        if pause > 0:
            with deadline.paused():
                time.sleep(pause)
        self._next[host] = time.monotonic() + self._delay

    def _ask_robots(self, url: httpx2.URL, deadline: Deadline) -> None:
        """Raises FetchError when the site's robots.txt keeps us from a page, or cannot be read."""
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        if origin not in self._robots:
            with deadline.paused():
                self._robots[origin] = self._read_robots(url.join("/robots.txt"))
        found = self._robots[origin]
        if isinstance(found, FetchError):
            raise found
        if not found.can_fetch(str(url), AGENT):
            raise FetchError("the site's robots.txt asks not to fetch it")
        asked = min(found.crawl_delay(AGENT) or 0.0, _LONGEST_DELAY)
        host = _server(url)
        if asked > self._delay and host in self._next:
            self._next[host] += asked - self._delay

    def _read_robots(self, url: httpx2.URL) -> Protego | FetchError:
        try:
            with Deadline(self._limits.seconds) as deadline:
                page = self._follow(url, {}, deadline, robots=False)
        except FetchError as error:
            if error.status and 400 <= error.status < 500:
                return Protego.parse("")  # the site states no rules
            return FetchError(f"the site's robots.txt cannot be read: {error}")
        return Protego.parse(page.body[:_ROBOTS_BYTES].decode("utf-8", "replace"))


def _parse(url: str, base: httpx2.URL | None = None) -> httpx2.URL:
    try:
        parsed = base.join(url) if base else httpx2.URL(url)
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise FetchError(f"{url[:200]} is no web address: it must begin with http:// or https://")
        if parsed.userinfo:
            raise FetchError("its address holds a user name, which is not sent")
    except (httpx2.InvalidURL, ValueError):
        raise FetchError(f"{url[:200]!r} is no web address") from None
    return parsed.copy_with(fragment=None)


def _server(url: httpx2.URL) -> tuple[str, int]:
    """Host and port. The host is in ASCII: the system would encode other letters by older rules, and ß as ss."""
    return url.raw_host.decode("ascii"), url.port or (443 if url.scheme == "https" else 80)


def _reason(error: Exception) -> str:
    if isinstance(error, httpx2.ConnectTimeout):
        return "the server cannot be reached in time"
    if isinstance(error, httpx2.TimeoutException):
        return "the server does not answer in time"
    if isinstance(error, httpx2.ConnectError):
        return f"the server cannot be reached: {error}"
    return f"the connection broke: {error or type(error).__name__}"
