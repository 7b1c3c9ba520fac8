"""Syncing from the web: a whole site, twice and after changes, and what a hostile one sends."""

import datetime as dt
import gzip
import json
import resource
import time
from contextlib import closing

import pytest

from ingest import AddressRules, Fetcher, Source, Within, list_entries, listing, sync
from ingest.errors import LibraryError, UnreadableError
from ingest.fetch import Limits
from ingest.listing import feed, is_listing, sitemap
from ingest.visits import Link, Visit, Visits, fetched
from tests.ingest.documents import pdf
from tests.ingest.memory import bounded
from tests.ingest.sites import Site, kept, urlset
from tests.newspaper import story
from ui.articles import read


def page(number, changed=""):
    return (
        f"<html lang=en><head><title>Story {number}</title>"
        f'<meta property="article:published_time" content="2024-05-{number % 28 + 1:02}T06:00:00Z"></head>'
        "<body><article>"
        f"<h1>Story {number}</h1><p>{story(number)}</p><p>{changed}</p></article></body></html>"
    )


def rss(site, numbers, updated=None):
    items = "".join(
        f"<item><title>Story {n}</title><link>{site.url}/news/{n}</link><description>Only a teaser.</description>"
        f"<pubDate>Thu, 0{n % 9 + 1} Feb 2024 10:00:00 GMT</pubDate></item>"
        for n in numbers
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Courier</title>{items}</channel></rss>'


def index(urls):
    entries = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'


@pytest.fixture
def site():
    opened = Site()
    yield opened
    opened.close()


@pytest.fixture
def run(word_hash_library):
    """Sync these sources; the counts of the report, and why what failed did."""

    def sync_all(*sources, **options):
        rules = AddressRules(loopback=True)
        with Fetcher(rules, delay=0, limits=Limits(seconds=options.pop("seconds", 10))) as fetcher:
            report = sync(sources, word_hash_library, fetcher=fetcher, **options)
        counts = [len(ids) for ids in (report.added, report.changed, report.removed, report.unchanged)]
        return (*counts, [(one.source, one.reason) for one in report.failed])

    return sync_all


def slow(_):
    time.sleep(4)
    return 200, {}, "too late"


def build(site):
    """A site of 200 pages in a sitemap index, a feed of 50 items, redirects, a page that times out."""
    numbers = range(200)
    site.pages |= {f"/{n}": kept(page(n)) for n in numbers}
    site.pages["/7"] = (301, {"Location": "/seven"}, "")
    site.pages["/seven"] = kept(page(7))
    site.pages["/8"] = (302, {"Location": "/9"}, "")  # another listed page
    site.pages["/10"] = slow
    urls = [f"{site.url}/{n}" for n in numbers]
    site.pages["/sitemap.xml"] = kept(index([f"{site.url}/sitemap-1.xml", f"{site.url}/sitemap-2.xml.gz"]))
    site.pages["/sitemap-1.xml"] = kept(urlset(urls[:150]))
    site.pages["/sitemap-2.xml.gz"] = (
        200,
        {"Content-Type": "application/gzip"},
        gzip.compress(urlset(urls[150:]).encode()),
    )
    site.pages |= {f"/news/{n}": kept(page(1000 + n)) for n in range(60)}
    site.pages["/feed.xml"] = kept(rss(site, range(50)))
    return f"{site.url}/sitemap.xml", f"{site.url}/feed.xml"


def test_a_site_is_read_once_then_nothing_unchanged_is_fetched_then_only_what_changed(site, run, word_hash_library):
    sources = build(site)
    late = (f"{site.url}/10", "it took longer than 2 seconds")
    added, *rest, failed = run(*sources, seconds=2)
    # 200 pages, of which /8 leads to /9 and /10 comes too late; and 50 items
    assert (added, rest, failed) == (248, [0, 0, 0], [late])
    entries = {entry.source: entry for entry in word_hash_library.entries()}
    assert f"{site.url}/seven" in entries
    assert f"{site.url}/7" not in entries
    assert "teaser" not in word_hash_library.article(entries[f"{site.url}/news/3"].id).text
    site.fetched()

    assert run(*sources, seconds=2) == (0, 0, 0, 248, [late])
    assert set(site.fetched()) <= {"/sitemap-2.xml.gz", "/10"}  # the one has no validator, the other never came

    site.pages["/20"] = kept(page(20, "The council corrected the figure to 31."))
    site.pages["/30"] = (410, {}, "")
    site.pages["/40"] = (404, {}, "")
    site.pages["/10"] = kept(page(10))
    site.pages["/feed.xml"] = kept(rss(site, range(10, 60)))  # ten rolled off, ten are new
    added, changed, removed, unchanged, failed = run(*sources, seconds=2)
    assert (added, changed, removed) == (11, 1, 1)
    assert unchanged == 248 - 10 - 1 - 1 - 1  # rolled off, changed, gone, missing
    assert failed == [(f"{site.url}/40", "the server answered 404 Not Found")]
    sources_now = {entry.source for entry in word_hash_library.entries()}
    assert f"{site.url}/news/3" in sources_now, "roll-off is not a deletion"
    assert f"{site.url}/40" in sources_now, "an answer of 404 may pass"
    assert f"{site.url}/30" not in sources_now
    assert all(site.asked[f"/news/{n}"] == 1 for n in range(50, 60))


def test_a_page_keeps_its_dates_apart_and_a_missing_one_is_missing(site, run, word_hash_library):
    bare = f"<html><head><title>Bare</title></head><body><article><p>{story(1)}</p></article></body></html>"
    site.pages |= {"/bare": bare, "/dated": page(5), "/news/1": bare.replace("Bare", "From the feed")}
    site.pages["/feed.xml"] = rss(site, [1])
    assert run(f"{site.url}/bare", f"{site.url}/dated", f"{site.url}/feed.xml")[0] == 3
    published = {entry.title: entry.published for entry in word_hash_library.entries()}
    assert published["Bare"] is None
    assert published["Story 5"] == "2024-05-06T06:00:00+00:00"
    assert published["From the feed"] == "2024-02-02T10:00:00+00:00"


def test_when_a_page_was_updated_and_fetched_is_told_apart_from_when_it_was_published(site, run, word_hash_library):
    dated = page(5).replace("<meta", '<meta property="article:modified_time" content="2024-06-01T09:00:00Z"><meta')
    site.pages |= {"/a": kept(dated), "/b": page(6)}
    before = dt.datetime.now(dt.UTC).replace(microsecond=0)
    run(f"{site.url}/a", f"{site.url}/b")
    entries = {entry.source[-2:]: entry for entry in list_entries(word_hash_library.folder)}
    assert {name: entry.published[:10] for name, entry in entries.items()} == {"/a": "2024-05-06", "/b": "2024-05-07"}
    updated = {name: word_hash_library.edition(entry.id).since for name, entry in entries.items()}
    assert updated == {"/a": "2024-06-01T09:00:00+00:00", "/b": None}
    assert all(before <= dt.datetime.fromisoformat(entry.fetched) for entry in entries.values())
    shown = read(word_hash_library, entries["/a"].id, Within())
    assert shown.fetched == entries["/a"].fetched
    assert shown.updated == "2024-06-01T09:00:00+00:00"


def test_a_page_whose_stated_date_is_the_same_is_not_asked_for(site, run):
    url = f"{site.url}/1"
    site.pages |= {"/1": page(1), "/map.xml": urlset([url], {url: "2024-05-01"})}
    assert run(f"{site.url}/map.xml")[0] == 1
    assert run(f"{site.url}/map.xml")[3] == 1
    assert site.asked["/1"] == 1
    site.pages |= {"/1": page(1, "More."), "/map.xml": urlset([url], {url: "2024-05-02"})}
    assert run(f"{site.url}/map.xml")[1] == 1


def test_a_page_without_validators_that_is_the_same_is_unchanged(site, run):
    site.pages["/1"] = page(1)
    assert run(f"{site.url}/1")[0] == 1
    assert run(f"{site.url}/1") == (0, 0, 0, 1, [])
    assert run(f"{site.url}/1#part") == (0, 0, 0, 1, [])


def test_a_forgotten_page_comes_back_only_because_it_is_fetched_again(site, run, word_hash_library):
    site.pages["/1"] = kept(page(1))
    run(f"{site.url}/1")
    word_hash_library.forget(f"{site.url}/1")
    assert run(f"{site.url}/1")[0] == 1


def test_a_page_that_an_address_led_to_stays_when_only_that_address_is_gone(site, run, word_hash_library):
    site.pages |= {"/old": (301, {"Location": "/new"}, ""), "/new": kept(page(1))}
    sources = (f"{site.url}/old", f"{site.url}/new")
    assert run(*sources)[0] == 1
    site.pages["/old"] = (410, {}, "")
    assert run(*sources) == (0, 0, 0, 1, [])
    assert [entry.source for entry in word_hash_library.entries()] == [f"{site.url}/new"]
    site.pages["/new"] = (410, {}, "")
    assert run(*sources)[2] == 1


def test_what_was_fetched_but_never_written_is_fetched_again(site, run, word_hash_library):
    """As after a crash between the two: the notes say that the page was seen, and the library has the older text."""
    site.pages["/1"] = kept(page(1))
    run(f"{site.url}/1")
    (entry,) = word_hash_library.entries()
    before = word_hash_library.article(entry.id)
    site.pages["/1"] = kept(page(1, "The figure was corrected."))
    run(f"{site.url}/1")
    word_hash_library.replace([before])
    assert run(f"{site.url}/1") == (0, 1, 0, 0, [])
    assert "corrected" in word_hash_library.article(entry.id).text


def test_a_pdf_on_the_web_is_read_as_what_it_is_and_a_picture_is_refused(site, run, word_hash_library):
    site.pages["/harbour%20report"] = (
        200,
        {"Content-Type": "application/octet-stream"},
        pdf([["The harbour is open."]]),
    )
    site.pages["/a.png"] = (200, {"Content-Type": "image/png"}, b"\x89PNG")
    *_, failed = run(f"{site.url}/harbour%20report", f"{site.url}/a.png")
    assert failed == [(f"{site.url}/a.png", "it is image/png, which cannot be read")]
    (entry,) = word_hash_library.entries()
    assert (entry.title, entry.source) == ("harbour report", f"{site.url}/harbour%20report")


def test_an_address_that_ends_in_long_characters_is_read(site, run):
    path = "/" + "%F0%90%8D%88" * 80  # of four bytes each
    site.pages[path] = page(1)
    assert run(f"{site.url}{path}") == (1, 0, 0, 0, [])


def test_an_export_on_the_web_is_its_articles(site, run):
    lines = "".join(json.dumps({"title": f"T{n}", "text": story(n)}) + "\n" for n in range(3))
    site.pages["/export.jsonl"] = (200, {"Content-Type": "application/x-ndjson"}, lines)
    assert run(f"{site.url}/export.jsonl")[0] == 3
    assert run(f"{site.url}/export.jsonl") == (0, 0, 0, 3, [])


def test_publisher_and_tags_of_a_source_are_given_to_its_articles(site, run, word_hash_library, tmp_path):
    site.pages["/1"] = page(1)
    (tmp_path / "note.md").write_text(f"---\npublisher: The Gazette\n---\n{story(2)}")
    web = Source(f"{site.url}/1", publisher="Harbour Board", tags=("harbour", "budget"))
    folder = Source(str(tmp_path / "note.md"), publisher="Nobody")
    assert run(web, folder)[0] == 2
    found = {e.publisher: word_hash_library.article(e.id) for e in word_hash_library.entries()}
    assert set(found) == {"Harbour Board", "The Gazette"}
    assert found["Harbour Board"].tags == "harbour, budget"
    assert run(web, folder) == (0, 0, 0, 2, [])
    assert run(Source(f"{site.url}/1", publisher="Board"))[1] == 1


def test_a_dry_run_says_what_would_change_and_changes_nothing(site, run, word_hash_library, tmp_path):
    (tmp_path / "a.txt").write_text(story(3))
    site.pages["/1"] = kept(page(1))
    sources = (f"{site.url}/1", tmp_path / "a.txt")
    assert run(*sources, dry_run=True) == (2, 0, 0, 0, [])
    assert not word_hash_library.entries()
    assert not list(word_hash_library.folder.glob("visits*"))
    run(*sources)
    site.pages["/1"] = kept(page(1, "Changed."))
    (tmp_path / "a.txt").unlink()
    (tmp_path / "b.txt").write_text(story(4))
    assert run(f"{site.url}/1", tmp_path, dry_run=True, allow_empty=True)[:4] == (1, 1, 1, 0)
    assert {entry.source for entry in word_hash_library.entries()} == {f"{site.url}/1", str(tmp_path / "a.txt")}
    assert run(f"{site.url}/1", tmp_path)[:4] == (1, 1, 1, 0)


def test_a_copy_on_the_web_does_not_take_an_articles_place(site, run, word_hash_library):
    site.pages |= {"/1": page(1), "/2": page(1)}
    assert run(f"{site.url}/1")[0] == 1
    assert run(f"{site.url}/2")[0] == 1
    assert len(word_hash_library.entries()) == 2


def test_damaged_notes_cost_only_time(site, run, word_hash_library):
    site.pages["/1"] = kept(page(1))
    run(f"{site.url}/1")
    (word_hash_library.folder / "visits.sqlite3").write_bytes(b"not a database at all" * 100)
    assert run(f"{site.url}/1") == (0, 0, 0, 1, [])


def noted(number, links=None):
    url = f"https://courier.example/{number}"
    return Visit(url, None, None, "digest", None, "", {}, links, 1_700_000_000.0, 1_700_000_000.0)


def test_what_a_running_sync_notes_can_be_read_and_is_not_lost(word_hash_library):
    """A long sitemap is more than SQLite keeps in memory, so that it is written before the sync commits it."""
    folder = word_hash_library.folder
    with closing(Visits(folder)) as visits:
        visits.note(noted(1))
    with closing(Visits(folder)) as visits:
        visits.note(noted(2, [Link(f"https://courier.example/{'long/' * 100}{n}") for n in range(10_000)]))
        assert fetched(folder, [noted(1).url, noted(2).url]) == ["2023-11-14T22:13:20+00:00", None]
    assert fetched(folder, [noted(1).url, noted(2).url]) == ["2023-11-14T22:13:20+00:00"] * 2


def test_reading_leaves_damaged_notes_as_they_are(word_hash_library):
    path = word_hash_library.folder / "visits.sqlite3"
    path.write_bytes(b"not a database at all" * 100)
    assert fetched(word_hash_library.folder, [noted(1).url]) == [None]
    assert path.read_bytes() == b"not a database at all" * 100


def test_notes_that_cannot_be_opened_are_a_clear_error(word_hash_library, tmp_path):
    (word_hash_library.folder / "visits.sqlite3").mkdir()
    (tmp_path / "a.txt").write_text(story(1))
    with pytest.raises(LibraryError, match=r"visits\.sqlite3 cannot be used"):
        sync([tmp_path / "a.txt"], word_hash_library)


def test_a_full_disk_costs_notes_but_no_sync(word_hash_library):
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    with closing(Visits(word_hash_library.folder)) as visits:
        visits.note(noted(0))
    with closing(Visits(word_hash_library.folder)) as visits:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, usual[1]))
        try:
            for number in range(1, 600):
                visits.note(noted(number, [Link("https://courier.example/long" * 10)]))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    with closing(Visits(word_hash_library.folder)) as visits:
        assert visits.visit(noted(0).url) == noted(0)


# Case 7: what a refused redirect leaves behind


@pytest.mark.parametrize("target", ["http://169.254.169.254/latest", "file:///etc/passwd"])
def test_case_7_a_redirect_that_is_refused_stores_nothing(site, run, word_hash_library, target):
    site.pages["/story"] = (302, {"Location": target}, page(1))
    *counts, failed = run(f"{site.url}/story")
    assert counts == [0, 0, 0, 0]
    assert [source for source, _ in failed] == [f"{site.url}/story"]
    assert word_hash_library.entries() == []
    site.pages["/story"] = page(1)
    assert run(f"{site.url}/story")[0] == 1  # nor is it remembered as read


# Case 12: hostile lists

ATTACK = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "{entity}">{more}]><rss version="2.0"><channel><item>'
    "<title>&{last};</title><link>http://x.example/</link></item></channel></rss>"
)
LAUGHS = ATTACK.format(
    entity="ha" * 10,
    more="".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
    last="i",
)  # fmt: skip
EXTERNAL = ATTACK.format(entity="x", more='<!ENTITY e SYSTEM "file:///etc/passwd">', last="e")


@pytest.mark.parametrize("body", [LAUGHS, EXTERNAL], ids=["billion laughs", "external entity"])
def test_case_12_entities_are_refused(site, run, body):
    site.pages["/feed.xml"] = body
    with bounded(100):
        *counts, failed = run(f"{site.url}/feed.xml")
    assert counts == [0, 0, 0, 0]
    assert "DOCTYPE or entities" in failed[0][1]


def test_case_12_entities_in_a_sitemap_are_refused(site, run):
    site.pages["/map.xml"] = LAUGHS.replace("<rss", "<urlset").replace("</rss>", "</urlset>")
    with bounded(100):
        *_, failed = run(Source(f"{site.url}/map.xml", "sitemap"))
    assert "DOCTYPE or entities" in failed[0][1]


def test_case_12_a_title_of_50_mb_is_refused():
    body = f'<rss version="2.0"><channel><item><title>{"x" * 50_000_000}</title></item></channel></rss>'.encode()
    with bounded(100), pytest.raises(UnreadableError, match="more than 10 MB"):
        feed(body, "http://x.example/")


def test_case_12_of_10_000_items_the_first_thousand_are_read(site):
    assert len(feed(rss(site, range(10_000)).encode(), site.url)) == 1_000


def test_case_12_links_to_private_hosts_are_refused_and_the_rest_is_read(site, run):
    body = rss(site, [1]).replace("</channel>", "<item><link>http://10.0.0.1/x</link></item>"
                                  "<item><link>http://169.254.169.254/</link></item><item><link>file:///etc/passwd"
                                  "</link></item></channel>")  # fmt: skip
    site.pages |= {"/feed.xml": body, "/news/1": page(1)}
    added, *_, failed = run(f"{site.url}/feed.xml")
    assert added == 1
    assert [source for source, _ in failed] == ["http://10.0.0.1/x", "http://169.254.169.254/"]


def test_case_9_a_gzip_bomb_of_a_sitemap_is_refused():
    bomb = gzip.compress(bytes(500_000_000), 1)
    with bounded(100), pytest.raises(UnreadableError, match="more than 50 MB"):
        sitemap(bomb)


def test_sitemaps_of_one_index_share_the_links_that_are_followed(site, run, monkeypatch):
    monkeypatch.setattr(listing, "MAX_LINKS", 5)
    site.pages |= {f"/{n}": page(n) for n in range(4)}
    site.pages["/map.xml"] = index([f"{site.url}/a.xml", f"{site.url}/b.xml"])
    site.pages["/a.xml"] = urlset([f"{site.url}/0", f"{site.url}/1"])
    site.pages["/b.xml"] = urlset([f"{site.url}/2", f"{site.url}/3"])
    assert run(f"{site.url}/map.xml") == (3, 0, 0, 0, [])
    assert run(f"{site.url}/b.xml") == (1, 0, 0, 1, [])  # each source has its own


def test_a_sitemap_that_lists_itself_ends(site, run):
    site.pages["/map.xml"] = index([f"{site.url}/map.xml", f"{site.url}/other.xml"])
    site.pages["/other.xml"] = index([f"{site.url}/map.xml"])
    assert run(f"{site.url}/map.xml")[:4] == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'<?xml version="1.0"?>\n<!-- made by x -->\n<rss version="2.0">', "feed"),
        (b'\xef\xbb\xbf<feed xmlns="http://www.w3.org/2005/Atom">', "feed"),
        (b"<rdf:RDF xmlns:rdf='x'>", "feed"),
        (b"<urlset>", "sitemap"),
        (b'\n<!-- a --><?xml-stylesheet href="x"?> <!-- <rss> --><s:urlset>', "sitemap"),
        (gzip.compress(b"<sitemapindex>", mtime=0), "sitemap"),
        (b"<!doctype html><html><p><rss", None),
        (b"%PDF-1.4", None),
        (b"", None),
    ],
)
def test_lists_are_told_by_what_they_begin_with(body, expected):
    assert is_listing(body) == expected


@pytest.mark.parametrize("body", [b"<!---->" * 25 + b"x", b" " * 10_000], ids=["comments", "spaces"])
def test_a_few_bytes_that_could_be_divided_in_many_ways_are_told_at_once(body):
    began = time.process_time()
    assert is_listing(body) is None
    assert time.process_time() - began < 0.5


def test_an_atom_feed_gives_its_links_and_both_dates():
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A</title><link href="/a"/>'
        b"<published>2024-05-01T00:00:00Z</published><updated>2024-05-02T00:00:00Z</updated></entry></feed>"
    )
    (link,) = feed(body, "https://courier.example/feeds/all.xml")
    assert link.url == "https://courier.example/a"
    assert (link.published, link.updated) == ("2024-05-01T00:00:00+00:00", "2024-05-02T00:00:00+00:00")
