"""What a web page states about its article: JSON-LD first, then OpenGraph and other meta elements."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ingest.errors import UnreadableError
from ingest.readers.metadata import iso_date, plain

_KINDS = re.compile(r"Article|BlogPosting|Report|LiveBlog|WebPage$")
_NOT_AN_AUTHOR = re.compile(r"https?://|^\W*$")
_DATES = {
    "published": (
        "article:published_time og:article:published_time datepublished dc.date.issued dcterms.issued dc.date"
        " dcterms.created dc.date.created citation_publication_date citation_date parsely-pub-date sailthru.date"
        " publish-date publishdate pubdate publication_date date"
    ).split(),
    "updated": "article:modified_time og:updated_time datemodified dc.date.modified dcterms.modified".split(),
}
_TEXTS = {
    "title": "og:title twitter:title dc.title dcterms.title citation_title parsely-title headline".split(),
    "publisher": "og:site_name citation_journal_title dc.publisher dcterms.publisher application-name".split(),
    "author": "author article:author dc.creator dcterms.creator citation_author parsely-author".split(),
    "url": ["og:url"],
}


def stated(page: Any) -> dict[str, str]:
    """Title, publisher, author, published, updated, url and language, as far as the page states them.

    Args:
        page: its parsed tree.
    """
    article = max(_json_ld(page), key=_weight, default={})
    metas = _metas(page)
    found = {key: _first(_text(article.get(name))) for key, name in _LD.items()}
    for key, names in _TEXTS.items():
        found[key] = found.get(key) or _first(*(metas.get(name) for name in names))
    found["author"] = found["author"] if not _NOT_AN_AUTHOR.search(found["author"] or "") else None
    for key, name in (("published", "datePublished"), ("updated", "dateModified")):
        found[key] = _date(article.get(name), *(metas.get(of) for of in _DATES[key]))
    found["published"] = found["published"] or _date(*page.xpath("//*[@itemprop='datePublished']/@datetime"))
    found["published"] = found["published"] or _date(*page.xpath("//article//time[@pubdate or @itemprop]/@datetime"))
    canonical = page.xpath("//link[@rel='canonical']/@href")
    found["url"] = next((url for url in (*canonical, found["url"]) if url and re.match("https?://", url)), None)
    found["language"] = _language(*page.xpath("/html/@lang"), found.get("language"), metas.get("og:locale"))
    if found["title"] and found["publisher"]:
        found["title"] = re.sub(rf"\s+[|–—-]\s+{re.escape(found['publisher'])}$", "", found["title"])
    return {key: value for key, value in found.items() if value}


_LD = {"title": "headline", "publisher": "publisher", "author": "author", "language": "inLanguage"}


def _json_ld(page: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a page's JSON-LD that are articles; broken ones are passed over."""
    for script in page.xpath("//script[@type='application/ld+json']/text()"):
        try:
            waiting = [json.loads(script, strict=False)]
        except (ValueError, RecursionError):
            continue
        for _ in range(500):  # objects of one script
            if not waiting:
                break
            one = waiting.pop()
            if isinstance(one, list):
                waiting += one
            elif isinstance(one, dict):
                waiting.append(one.get("@graph"))
                if _weight(one):
                    yield one


def _weight(one: Mapping[str, Any]) -> int:
    """How much an object looks like the page's article; 0 for one that does not."""
    kind = _text(one.get("@type")) or ""
    return (
        0
        if not _KINDS.search(kind)
        else 2 + ("datePublished" in one) - 2 * kind.endswith("WebPage") + ("headline" in one)
    )


def _metas(page: Any) -> dict[str, str]:
    """The content of meta elements by name, the first of each."""
    found: dict[str, str] = {}
    for meta in page.xpath("//meta[@content]"):
        for attribute in ("property", "name", "itemprop"):
            found.setdefault(str(meta.get(attribute, "")).lower(), meta.get("content"))
    return found


def _text(value: Any) -> str | None:
    """The words of a JSON-LD value: a text, an object with a name, or a list of those."""
    if isinstance(value, list):
        return ", ".join(text for item in value[:10] if (text := _text(item))) or None
    if isinstance(value, dict):
        return _text(value.get("name"))
    return value if isinstance(value, str) else None


def _first(*values: str | None) -> str | None:
    return next((found for value in values if (found := plain(value))), None)


def _date(*values: Any) -> str | None:
    """The first that is a whole date."""
    for value in values:
        try:
            if isinstance(value, str) and (found := iso_date(value)):
                return found
        except UnreadableError:
            continue
    return None


def _language(*values: str | None) -> str | None:
    codes = (re.match(r"[A-Za-z]{2,3}(?![A-Za-z])", value.strip()) for value in values if value)
    return next((code[0].lower() for code in codes if code), None)
