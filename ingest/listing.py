"""Feeds and sitemaps: lists of pages. Their XML is hostile until proved otherwise."""

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from typing import Any

from ingest.errors import UnreadableError
from ingest.readers.metadata import iso_date
from ingest.visits import Link

MAX_BYTES = 50_000_000  # of a sitemap, unpacked: what its protocol allows
MAX_FEED_BYTES = 10_000_000
MAX_LINKS, MAX_ENTRIES = 50_000, 1_000
_XML_HEAD = re.compile(  # possessive: a head of many comments is read once, not in every way it could be divided
    rb"\s*+(?:\xef\xbb\xbf)?+\s*+(?:<\?[^>]*\?>\s*+|(?><!--.*?-->)\s*+)*+<(?!\?|!--)(?:\w+:)?(!?\w+)", re.DOTALL
)


def is_listing(body: bytes) -> str | None:
    """What a body begins like: "feed", "sitemap", or None for anything else."""
    if body.startswith(b"\x1f\x8b"):
        try:
            body = zlib.decompressobj(wbits=31).decompress(body, 10_000)
        except zlib.error:
            return None
    match = _XML_HEAD.match(body[:10_000])
    root = match[1].lower() if match else b""
    if root in (b"rss", b"feed", b"rdf"):
        return "feed"
    if root == b"!doctype":  # an old RSS, or an attack: feed() refuses both with a reason
        return "feed" if re.search(rb"<(?:rss|feed|rdf:rdf)[\s>]", body[:10_000_000], re.IGNORECASE) else None
    return "sitemap" if root in (b"urlset", b"sitemapindex") else None


def feed(body: bytes, base: str) -> list[Link]:
    """The links of an RSS or Atom feed, as they stand in it, each once.

    Args:
        base: the feed's address, from which relative links start.

    Raises:
        UnreadableError: it is too large, declares entities, or is no feed.
    """
    import feedparser

    if len(body) > MAX_FEED_BYTES:
        raise UnreadableError(f"the feed has more than {MAX_FEED_BYTES / 1e6:.0f} MB")
    if re.search(rb"<!(?:DOCTYPE|ENTITY)", body, re.IGNORECASE):
        raise UnreadableError("the feed declares a DOCTYPE or entities, which are not read")
    # As a file: of a text, feedparser would try whether it is an address or a path
    found = feedparser.parse(io.BytesIO(body), response_headers={"content-location": base})
    if not found.version and not found.entries:
        raise UnreadableError("it is no RSS or Atom feed that can be read")
    links = (_entry(entry) for entry in found.entries)
    return list({link.url: link for link in links if link}.values())[:MAX_ENTRIES]


def _entry(entry: Any) -> Link | None:
    url = entry.get("link") or ""
    if not url.lower().startswith(("http://", "https://")) or len(url) > 2000:
        return None
    updated = entry["updated"] if "updated" in entry else None  # noqa: SIM401 - get() would give `published` for it
    return Link(url.partition("#")[0], _date(updated), _date(entry.get("published")))


def _date(stated: str | None) -> str | None:
    try:
        return iso_date(stated[:100]) if stated else None
    except UnreadableError:
        return None


def sitemap(body: bytes) -> list[Link]:
    """The links of a sitemap or a sitemap index, gzipped or not, each once.

    Raises:
        UnreadableError: it is too large, declares entities, or is no sitemap.
    """
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    if body.startswith(b"\x1f\x8b"):
        try:
            body = gzip.GzipFile(fileobj=io.BytesIO(body)).read(MAX_BYTES + 1)
        except (OSError, EOFError, zlib.error):
            raise UnreadableError("the sitemap's compression is broken") from None
    if len(body) > MAX_BYTES:
        raise UnreadableError(f"the sitemap has more than {MAX_BYTES / 1e6:.0f} MB")
    found: dict[str, Link] = {}
    try:
        for _, element in ElementTree.iterparse(io.BytesIO(body), ("end",), forbid_dtd=True):
            if link := _listed(element):
                found.setdefault(link.url, link)
            if element.tag.rpartition("}")[2] in ("url", "sitemap"):
                element.clear()
            if len(found) == MAX_LINKS:
                break
    except DefusedXmlException:
        raise UnreadableError("the sitemap declares a DOCTYPE or entities, which are not read") from None
    except ElementTree.ParseError as error:
        raise UnreadableError(f"the sitemap is not XML: {error}") from None
    return list(found.values())


def _listed(element: Any) -> Link | None:
    name = element.tag.rpartition("}")[2]
    if name not in ("url", "sitemap"):
        return None
    said = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in _children(element)}
    url = said.get("loc", "").partition("#")[0]
    if not url.lower().startswith(("http://", "https://")) or len(url) > 2000:
        return None
    return Link(url, said.get("lastmod") or None, None, name == "sitemap")


def _children(element: Any) -> Iterator[Any]:
    """The element's own parts; the loc of an image inside a page's entry is not the page's."""
    namespace = element.tag.rpartition("}")[0]
    return (child for child in element if child.tag.rpartition("}")[0] == namespace)
