"""Articles from the web: a page, or those that a feed or sitemap lists. What did not change is not sent again."""

import hashlib
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ingest import listing
from ingest.article import Article, article_id
from ingest.errors import FetchError, GoneError, UnreadableError
from ingest.fetch import Fetcher, Page
from ingest.readers import FORMATS, Hidden, Unreadable, read
from ingest.schema import Known
from ingest.source import Source
from ingest.visits import Link, Visit, Visits, holds

_SUFFIXES = {
    "application/epub+zip": ".epub",
    "application/jsonl": ".jsonl",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/x-ndjson": ".jsonl",
    "application/xhtml+xml": ".html",
    "message/rfc822": ".eml",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
}
_UNTOLD = ("", "application/octet-stream", "binary/octet-stream")  # types that say nothing
_DEEPEST = 2  # sitemaps in an index in an index


@dataclass(frozen=True, slots=True)
class Same:
    """These sources give what the library has."""

    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """The site says that what these sources gave is gone."""

    sources: tuple[str, ...]


Item = Article | Hidden | Unreadable | Same | Gone


class Web:
    """Reads web sources.

    Args:
        fetcher: what fetches.
        visits: what was fetched before.
        known: what the library has, by source.
        planned: called with the number of pages that a list turned out to hold.
    """

    def __init__(
        self, fetcher: Fetcher, visits: Visits, known: Mapping[str, Known], planned: Callable[[int], None]
    ) -> None:
        self._fetcher, self._visits, self._known, self._planned = fetcher, visits, known, planned
        self._done: set[str] = set()
        self._left = 0

    def read(self, source: Source) -> Iterator[Item]:
        """Yield what a source gives: an article, that it is as it was, that it is gone, or why it cannot be read."""
        self._left = listing.MAX_LINKS  # for all of its lists together
        yield from self._read(Link(source.location.partition("#")[0]), source, source.kind, 0)

    def _read(self, link: Link, source: Source, kind: str | None, depth: int) -> Iterator[Item]:
        if link.url in self._done:
            return
        self._done.add(link.url)
        before = self._visits.visit(link.url)
        if before and not (before.told == source.told and holds(before.articles, self._known)):
            before = before._replace(etag=None, last_modified=None, digest="", stated=None)
        try:
            yield from self._fresh(link, source, before, kind, depth)
        except GoneError as error:
            sources = tuple(one for one in (before.articles if before else ()) if one in self._known)
            self._visits.drop(link.url)
            yield Gone(sources) if sources else Unreadable(link.url, str(error))
        except UnreadableError as error:
            yield Unreadable(link.url, str(error))

    def _fresh(self, link: Link, source: Source, before: Visit | None, kind: str | None, depth: int) -> Iterator[Item]:
        if before and before.digest and link.updated and link.updated == before.stated:
            yield from self._same(before, source, depth)
            return
        page = self._fetcher.get(link.url, etag=before and before.etag, last_modified=before and before.last_modified)
        digest = hashlib.sha256(page.body).hexdigest()
        if before and before.digest and (page.unchanged or before.digest == digest):
            self._visits.checked(before, link.updated)
            yield from self._same(before, source, depth)
            return
        if page.unchanged:
            raise FetchError("the server says that it is unchanged (304), which was not asked")
        now = time.time()
        visit = Visit(link.url, page.etag, page.last_modified, digest, link.updated, source.told, {}, None, now, now)
        kind = listing.is_listing(page.body) if kind is None else kind
        if kind in ("feed", "sitemap"):
            links = listing.feed(page.body, page.url) if kind == "feed" else listing.sitemap(page.body)
            self._visits.note(visit._replace(links=links))
            yield from self._follow(links, source, depth)
        else:
            yield from self._articles(page, link, source, visit)

    def _same(self, before: Visit, source: Source, depth: int) -> Iterator[Item]:
        if before.links is not None:
            yield from self._follow(before.links, source, depth)
        else:
            yield Same(tuple(before.articles))

    def _follow(self, links: list[Link], source: Source, depth: int) -> Iterator[Item]:
        if depth > _DEEPEST:
            raise UnreadableError("its sitemaps are nested too deeply")
        links = links[: self._left]
        self._left -= len(links)
        self._planned(len(links))
        for link in links:
            yield from self._read(link, source, "sitemap" if link.listing else "page", depth + 1)

    def _articles(self, page: Page, link: Link, source: Source, visit: Visit) -> Iterator[Item]:
        landed = page.url.partition("#")[0]
        if landed != link.url:
            if landed in self._done:  # another link led there already
                return
            self._done.add(landed)
        with tempfile.TemporaryDirectory(prefix="citewire-") as folder:
            path = Path(folder, _name(page))
            path.write_bytes(page.body)
            for item in read(path):
                place = item.source.replace(str(path), landed, 1)
                if isinstance(item, Hidden):
                    yield replace(item, source=place)
                    continue
                if isinstance(item, Unreadable):
                    visit = visit._replace(digest="", etag=None, last_modified=None)  # to be tried again
                    yield replace(item, source=place)
                    continue
                article = replace(
                    item,
                    id=article_id(item.title, place),
                    source=place,
                    url=item.url or landed,
                    published=item.published or link.published,
                )
                article = source.describe(article)
                visit.articles[place] = article.fingerprint
                yield article
        for url in {link.url, landed}:
            self._visits.note(visit._replace(url=url))


def _name(page: Page) -> str:
    """What a page would be called as a file: the end of its address, which may have to do for a title.

    Raises:
        UnreadableError: it is of a type that cannot be read.
    """
    last = Path(unquote(urlsplit(page.url).path)).name or urlsplit(page.url).hostname or "page"
    stem, suffix = re.sub(r"[^\w. -]+", "-", Path(last).stem), Path(last).suffix.lower()
    stem = stem.encode()[:80].decode(errors="ignore").strip(". ") or "page"  # a file's name has 255 bytes at most
    if page.media_type in _SUFFIXES:
        return stem + _SUFFIXES[page.media_type]
    if page.media_type not in _UNTOLD and suffix not in FORMATS:
        raise UnreadableError(f"it is {page.media_type[:60]}, which cannot be read")
    return stem + (suffix if suffix in FORMATS else "")
