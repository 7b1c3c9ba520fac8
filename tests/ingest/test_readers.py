"""Readers: four formats, and all the ways in which files are not what they say."""

import codecs
import gzip
import json
import os
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import Article, Hidden, Library, Unreadable, WordHashEncoder, sync
from ingest.errors import UnreadableError
from ingest.readers import FORMATS, read
from ingest.readers.metadata import iso_date
from ingest.readers.text import make

BODY = "The council met on Tuesday. It decided to build the wall after all, by twelve votes to nine."
PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Wall approved | The Courier</title>
<meta property="og:title" content="Wall approved"><meta property="og:site_name" content="The Courier">
<meta name="author" content="Ilse Brandt">
<meta property="article:published_time" content="2024-05-02T06:30:00+02:00">
<link rel="canonical" href="https://courier.example/wall"></head><body>
<header><nav><a href="/">Home</a> <a href="/s">Sport</a></nav></header>
<aside><h2>Most read</h2><ul><li><a href="/x">Rovers promoted after penalty drama</a></li></ul></aside>
<article><h1>Wall approved</h1><p>{body}</p>
<p>Councillor Marsh welcomed the vote. “We had no choice.” he said on the stairs.</p>{more}</article>
<footer><p>We use cookies. All rights reserved.</p></footer></body></html>"""


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def one(path):
    found = list(read(path))
    assert len(found) == 1, found
    return found[0]


def reason(path):
    found = one(path)
    assert isinstance(found, Unreadable), f"it was read: {found}"
    assert found.source == str(path)
    return found.reason


# Plain text


def test_the_first_line_is_the_title_when_it_stands_alone(tmp_path):
    article = one(write(tmp_path, "a.txt", f"Wall approved after all\n\n{BODY}"))
    assert (article.title, article.text) == ("Wall approved after all", BODY)


@pytest.mark.parametrize(
    "first",
    [
        "The council met on Tuesday.",
        "The council met, and then,",
        "It decided:",
        "A long line " * 20,
        "“We had no choice.”",
        '"We had no choice."',
        "日本は決議案を提出しない。",
    ],
    ids=lambda text: text[:20],
)
def test_a_sentence_is_not_taken_for_a_title_and_lost_as_a_quote(tmp_path, first):
    article = one(write(tmp_path, "wall-vote_2024.txt", f"{first}\n\n{BODY}"))
    assert article.title == "wall vote 2024"
    assert article.text.startswith(first.strip())


@pytest.mark.parametrize(
    ("head", "publisher", "author", "published"),
    [
        ("13 March 2019", None, None, "2019-03-13"),
        ("By Ann Lee, Example Wire\nMarch 13th, 2019", "Example Wire", "Ann Lee", "2019-03-13"),
        ("Kelby Courier | 3 May 2024", "Kelby Courier", None, "2024-05-03"),
        ("Kelby Courier · By ANN LEE · Friday, May 3, 2024, 14:05 GMT · 4 min read", "Kelby Courier", "ANN LEE",
         "2024-05-03"),
        ("By Ann Lee and Bo de Vries in Port Kelby\n\nUpdated: 4 May 2024\nPublished: 2024-05-03T06:10:00+02:00", None,
         "Ann Lee and Bo de Vries", "2024-05-03"),
        ("Source: Reuters\nDate: 3 MAY 2024", "Reuters", None, "2024-05-03"),
        ("Port Kelby, 3 May 2024", None, None, "2024-05-03"),
        ("Ann Lee | Local News | Politics | 3 Sept. 2024", None, None, "2024-09-03"),
    ],
)  # fmt: skip
def test_the_lines_under_a_title_say_who_printed_it_and_when(tmp_path, head, publisher, author, published):
    for gap in ("\n\n", "\n"):
        article = one(write(tmp_path, "a.txt", f"Wall approved after all{gap}{head}\n\n{BODY}"))
        assert (article.publisher, article.author, article.published) == (publisher, author, published)
        assert (article.title, article.text) == ("Wall approved after all", f"{head}\n\n{BODY}")


@pytest.mark.parametrize(
    ("opening", "published"),
    [
        ("KELBY, Thursday, 28 March 2024. The ward", "2024-03-28"),
        ("PORT KELBY, Feb. 28, 2024. Anyone who", "2024-02-28"),
        ("Kelby, March 13, 2019 (Example Wire) - Nobody", "2019-03-13"),
        ("Washington, D.C., March 13, 2019 – Nobody", "2019-03-13"),
    ],
)
def test_a_dateline_with_its_year_says_when(tmp_path, opening, published):
    article = one(write(tmp_path, "a.txt", f"Wall approved after all\n\n{opening} came to the hall.\n\n{BODY}"))
    assert article.published == published
    assert article.text.startswith(opening)


@pytest.mark.parametrize(
    "opening",
    ["KELBY, March 28 (CPA) – The ward is closed.", "Berlin, 9 November 1989. The night was cold.",
     "On Tuesday, 26 March 2024, the council met.", "The council met on 3 May 2024.", "May 2024",
     "13 March 2019\n14 March 2019", "31 June 2024", "3/5/2024", "Kelby Courier", "Ann Lee", "By the river, 3 May 2024",
     f"{BODY}\n\n3 May 2024", f"{BODY}\n\nKELBY, 3 May 2024. It rained.", "Updated: 3 May 2024"],
)  # fmt: skip
def test_what_is_not_plainly_stated_stays_missing(tmp_path, opening):
    article = one(write(tmp_path, "a.txt", f"Wall approved after all\n\n{opening}\n\n{BODY}"))
    assert (article.publisher, article.author, article.published) == (None, None, None)
    assert article.text == f"{opening}\n\n{BODY}"


def test_a_title_alone_is_still_an_article(tmp_path):
    article = one(write(tmp_path, "a-note.txt", "Nothing happened today"))
    assert (article.title, article.text) == ("a note", "Nothing happened today")


def test_a_title_ending_in_a_question_mark_is_a_title(tmp_path):
    assert one(write(tmp_path, "a.txt", f"Who pays for the wall?\n\n{BODY}")).title == "Who pays for the wall?"


@pytest.mark.parametrize(
    "data",
    [
        "Die Brücke\n\nDer Fluss stieg über die Ufer.".encode("utf-8-sig"),
        "Die Brücke\n\nDer Fluss stieg über die Ufer.".encode("utf-16"),
        codecs.BOM_UTF16_BE + "Die Brücke\n\nDer Fluss stieg über die Ufer.".encode("utf-16-be"),
        "Die Brücke\r\n\r\nDer Fluss stieg über die Ufer.".encode(),
        "Die Brücke\r\rDer Fluss stieg über die Ufer.".encode("latin-1"),
        "Die Bru\u0308cke\n\nDer Fluss stieg u\u0308ber die Ufer.".encode(),
    ],
    ids=["utf-8 with mark", "utf-16", "utf-16 big-endian", "windows newlines", "latin-1, mac newlines", "decomposed"],
)
def test_the_same_article_is_read_from_any_encoding(tmp_path, data):
    article = one(write(tmp_path, "a.txt", data))
    assert (article.title, article.text) == ("Die Brücke", "Der Fluss stieg über die Ufer.")


def test_one_bad_byte_does_not_garble_the_rest(tmp_path):
    """A byte cut off in the middle of a character must not turn a whole UTF-8 article into another alphabet."""
    text = "Die Brücke über den Fluß wurde gesperrt, weil die Pfeiler unterspült waren. " * 20
    article = one(write(tmp_path, "a.txt", text.encode() + "ü".encode()[:1]))
    assert "Brücke über den Fluß" in article.text


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 20,
        b"%PDF-1.7\n" + bytes(range(256)) * 20,
        gzip.compress(BODY.encode() * 50, mtime=0),
        b"PK\x03\x04" + bytes(range(1, 256)) * 20,
        b"\xff\xd8\xff\xe0" + bytes(range(255, 0, -1)) * 20,
    ],
    ids=["png", "pdf", "gzip", "zip without a zero", "jpeg without a zero"],
)
def test_a_binary_file_named_txt_is_refused_with_what_to_do(tmp_path, data):
    why = reason(write(tmp_path, "photo.txt", data))
    assert "text" in why
    assert "save" in why or "export" in why


@pytest.mark.parametrize("data", ["", " \n\n ", "\ufeff", "\u200b\u200b", "\x07"])
def test_an_empty_file_is_refused(tmp_path, data):
    assert "no text" in reason(write(tmp_path, "a.txt", data))


def test_a_file_too_large_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "big.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    why = reason(path)
    assert "50 MB" in why
    assert "split it" in why


def test_control_and_invisible_characters_are_gone(tmp_path):
    hidden = "The \x1b[31mcoun\u200bcil\x1b[0m \u202emet\u202c on Tues\u00adday\x00.".replace("\x00", "")
    article, left_out = read(write(tmp_path, "a.txt", f"{BODY}\n\n{hidden}"))
    assert left_out.count == 5  # a soft hyphen hides nothing
    text = article.text
    assert not [c for c in text if c in "\x1b\u200b\u202e\u202c\u00ad"]
    assert text.endswith("Tuesday.")


@pytest.mark.parametrize("gap", ["\x0c", "\x0b", "\x85", "\u2028", "\u2029"], ids=ascii)
def test_a_page_break_or_line_separator_does_not_glue_words_together(tmp_path, gap):
    text = one(write(tmp_path, "a.txt", f"{BODY}{gap}Nobody cheered.")).text
    assert text.split()[-3:] == ["nine.", "Nobody", "cheered."]


# Markdown


def test_front_matter_is_metadata_and_never_text(tmp_path):
    content = (
        "---\ntitle: Wall approved\npublisher: The Courier\nauthor: [Ilse Brandt, Jo Weld]\npublished: 2024-05-02\n"
        f"url: https://courier.example/wall\nlanguage: en\n---\n\n{BODY}\n"
    )
    found = one(write(tmp_path, "a.md", content))
    assert found == Article(
        found.id, "Wall approved", BODY, str(tmp_path / "a.md"), "The Courier", "Ilse Brandt, Jo Weld", "2024-05-02",
        "https://courier.example/wall", "en",
    )  # fmt: skip


def test_without_front_matter_the_heading_is_the_title(tmp_path):
    article = one(write(tmp_path, "a.md", f"# Wall *approved*\n\n{BODY}"))
    assert (article.title, article.text) == ("Wall approved", BODY)


@pytest.mark.parametrize("heading", ["# <br>", "# ![photo](p.png)", "#", "# \u200b"])
def test_a_heading_without_words_is_no_title(tmp_path, heading):
    article = next(read(write(tmp_path, "wall-vote.md", f"{heading}\n\n{BODY}")))
    assert (article.title, article.text) == ("wall vote", BODY)


def test_no_article_is_made_without_a_title():
    with pytest.raises(UnreadableError, match="no title"):
        make("\u200b \x07", BODY, "somewhere")


def test_windows_newlines_and_a_byte_mark_do_not_hide_the_front_matter(tmp_path):
    article = one(write(tmp_path, "a.md", f"\ufeff---\r\ntitle: Wall\r\n---\r\n{BODY}"))
    assert (article.title, article.text) == ("Wall", BODY)


@pytest.mark.parametrize(
    ("matter", "hint"),
    [
        ("title: Wall: the vote\npublished: 2024-05-02\n---\n", "colon"),
        ("title: [Wall\n---\n", "front matter"),
        ("\ttitle: Wall\n---\n", "front matter"),
        ("- title\n- publisher\n---\n", "key: value"),
        ("title: Wall\npublished: 2024-02-31\n---\n", "2024-02-31|day is out of range|date"),
        ("title: Wall\npublished: last week\n---\n", "not a date"),
        ("title: Wall\npublished: March 2019\n---\n", "not a date"),
        ("title: Wall\npublished: 2024-05-03T10:00:00+99:00\n---\n", "not a date"),
        ("title: Wall\npublished: 2460:" + "9" * 40 + "\n---\n", "not a date"),
        ('title: "\\UFFFFFFFF"\n---\n', "damaged"),
        ("title: Wall\n", "not closed"),
        ("title: !!python/object/apply:os.system ['true']\n---\n", "front matter"),
        ("[" * 5000 + "\n---\n", "front matter"),
    ],
    ids=[
        "colon",
        "bracket",
        "tab",
        "list",
        "no such day",
        "words",
        "no day",
        "no such zone",
        "long number",
        "no such character",
        "unclosed",
        "python tag",
        "nested",
    ],
)
def test_broken_front_matter_fails_alone_and_says_why(tmp_path, matter, hint):
    import re

    why = reason(write(tmp_path, "a.md", f"---\n{matter}{BODY}"))
    assert re.search(hint, why), why


def test_dashes_inside_a_value_do_not_end_the_front_matter(tmp_path):
    article = one(write(tmp_path, "a.md", f"---\ntitle: What we know ---\npublisher: The Courier\n---\n{BODY}"))
    assert article.publisher == "The Courier"
    assert article.text == BODY


def test_an_article_that_opens_with_a_rule_loses_nothing(tmp_path):
    article = one(write(tmp_path, "a.md", f"---\n\nThe vote: twelve to nine.\n\n---\n\n{BODY}"))
    assert "twelve to nine" in article.text


def test_norwegian_is_a_language_although_yaml_reads_no_as_false(tmp_path):
    assert one(write(tmp_path, "a.md", f"---\ntitle: Muren\nlanguage: no\n---\n{BODY}")).language == "no"


def test_front_matter_that_unfolds_without_end_is_refused_quickly(tmp_path, run_limited):
    """Nine levels of nine references: 387 million words from 400 bytes."""
    levels = ["a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol]"]
    levels += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    path = write(tmp_path, "bomb.md", "---\n" + "\n".join(levels) + f"\ntitle: *a8\n---\n{BODY}")
    outcome = run_limited(
        "import sys; from pathlib import Path; from ingest.readers import read;"
        "print(*[type(item).__name__ for item in read(Path(sys.argv[1]))])",
        str(path),
    )
    assert outcome.stdout.split() in (["Unreadable"], ["Article"]), outcome.stderr[-300:]


def test_marks_of_markdown_are_read_and_not_quoted(tmp_path):
    body = (
        '## The vote\n\nThe **council** met on [Tuesday](https://x.example "t"), says `minutes.txt`.\n'
        "It decided ![photo](p.png)to *build* the wall &amp; the gate.\n\n> No turning back.\n\n"
        "1. wall\n2. gate\n\n* one\n* two\n\n<script>alert(1)</script>\n\n```\ncode stays\n```\n\n---\n\n"
        "End.\\\nReally."
    )
    text = one(write(tmp_path, "a.md", f"---\ntitle: T\n---\n{body}")).text
    assert text.split("\n\n") == [
        "The vote",
        "The council met on Tuesday, says minutes.txt. It decided to build the wall & the gate.",
        "No turning back.",
        "- wall\n- gate",
        "- one\n- two",
        "code stays",
        "End. Really.",
    ]


def test_a_break_in_html_does_not_glue_words_together(tmp_path):
    assert "Tanner Street Market Bridge" in one(
        write(tmp_path, "a.md", "# T\n\nTanner Street<br>Market Bridge are closed.")
    ).text.replace("\n", " ")


def test_a_row_of_a_table_names_its_columns(tmp_path):
    table = "| Species | Tonnes | |\n| --- | ---: | --- |\n| herring | 4,120 | up |\n| cod | | down |\n"
    text = one(write(tmp_path, "a.md", f"# Landings\n\n{table}\n{BODY}")).text
    assert text.split("\n")[:2] == ["Species: herring; Tonnes: 4,120; up", "Species: cod; down"]


# Web pages


def test_a_page_is_read_without_what_stands_around_the_article(tmp_path):
    article = one(write(tmp_path, "a.html", PAGE.format(lang="en-GB", body=BODY, more="")))
    assert (article.title, article.publisher, article.author) == ("Wall approved", "The Courier", "Ilse Brandt")
    assert (article.url, article.language) == ("https://courier.example/wall", "en")
    assert article.published == "2024-05-02T06:30:00+02:00"
    assert BODY in article.text
    assert "“We had no choice.” he said" in article.text
    for noise in ("Most read", "Rovers", "cookies", "Sport"):
        assert noise not in article.text


def test_a_page_that_states_no_date_is_given_none(tmp_path):
    page = (
        f"<html lang=de><head><title>Old harbour</title></head><body><article><h1>Old harbour</h1><p>{BODY * 3}</p>"
        "<p>On 12 March 1998 the harbour burned down, and in 2003 it was built again by 40 people.</p></article>"
        "<footer>© 2019 The Courier</footer></body></html>"
    )
    article = one(write(tmp_path, "a.html", page))
    assert article.published is None
    assert article.language == "de"


@pytest.mark.parametrize(
    ("charset", "sentence"),
    [
        ("iso-8859-1", "Der Fluß stieg über die Brücke."),
        ("windows-1252", "“Où est passé l’été ?” dit-elle."),
        ("iso-8859-2", "Žluťoučký kůň skočil přes řeku."),
        ("shift_jis", "日本は決議案を提出しないと官房長官が述べた。"),
        ("windows-1251", "Река вышла из берегов ночью."),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_states(tmp_path, charset, sentence):
    page = PAGE.format(lang="x", body=BODY, more=f"<p>{sentence}</p>").replace("utf-8", charset)
    page = page.replace("“We had no choice.”", "We had no choice,")
    article = one(write(tmp_path, "a.html", page.encode(charset)))
    assert sentence in article.text


def test_a_table_in_a_page_keeps_each_cell_beside_its_column(tmp_path):
    table = "<table><tr><th>Species</th><th>Tonnes</th></tr><tr><td>herring</td><td>4,120</td></tr></table>"
    text = one(write(tmp_path, "a.html", PAGE.format(lang="en", body=BODY * 3, more=table))).text
    assert "Species: herring; Tonnes: 4,120" in text


def test_what_json_ld_states_wins_and_what_is_broken_is_passed_over(tmp_path):
    stated = {
        "@graph": [
            {"@type": "WebSite", "name": "Courier site", "headline": "Not this"},
            {
                "@type": ["NewsArticle"], "headline": "Wall approved at last", "datePublished": "2024-05-03T07:00:00Z",
                "author": [{"name": "Ilse Brandt"}, {"name": "Jo Weld"}], "publisher": {"name": "Aldmark Courier"},
            },
        ]
    }  # fmt: skip
    scripts = ["{broken", "[" * 100_000, '{"@type": "NewsArticle", "datePublished": "soon"}', json.dumps(stated)]
    head = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    page = PAGE.format(lang="en", body=BODY * 3, more="").replace("</head>", f"{head}</head>")
    article = one(write(tmp_path, "a.html", page))
    assert (article.title, article.published) == ("Wall approved at last", "2024-05-03T07:00:00+00:00")
    assert (article.author, article.publisher) == ("Ilse Brandt, Jo Weld", "Aldmark Courier")


def test_the_sites_name_is_not_part_of_the_title(tmp_path):
    page = PAGE.format(lang="en", body=BODY * 3, more="").replace('"Wall approved"', '"Wall approved | The Courier"')
    assert one(write(tmp_path, "a.html", page)).title == "Wall approved"


@pytest.mark.parametrize(
    "page", ["", "<html></html>", "<p></p>", "no tags at all", "<script>let a = 1</script>"], ids=repr
)
def test_a_page_without_an_article_is_refused(tmp_path, page):
    found = one(write(tmp_path, "a.html", page))
    assert isinstance(found, Unreadable) or found.text == page


def test_a_page_nested_without_end_fails_alone(tmp_path):
    found = one(write(tmp_path, "a.html", "<div>" * 50_000 + BODY))
    assert isinstance(found, Article | Unreadable)


def test_an_author_nested_without_end_fails_alone(tmp_path):
    script = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "author": ' + "[" * 700 + "]" * 700 + "}</script>"
    )
    page = PAGE.format(lang="en", body=BODY * 3, more="").replace("</head>", f"{script}</head>")
    assert "damaged" in reason(write(tmp_path, "a.html", page))


# JSON lines


def test_each_line_is_an_article(tmp_path):
    lines = [
        {"title": "One", "text": BODY, "publisher": "Wire", "published": "13 March 2019", "url": "https://w.example/1"},
        {"title": "Two", "text": BODY, "author": ["A", "B"], "language": "en", "published": "2019-03-13T09:30:00Z"},
        {"title": "Three", "text": BODY, "id": 33, "other": {"ignored": True}},
    ]
    path = write(tmp_path, "a.jsonl", "\n".join(map(json.dumps, lines)) + "\n\n")
    found = list(read(path))
    assert [article.title for article in found] == ["One", "Two", "Three"]
    assert [article.source.split("#")[1] for article in found] == ["https://w.example/1", "Two", "33"]
    assert [article.published for article in found] == ["2019-03-13", "2019-03-13T09:30:00+00:00", None]
    assert found[1].author == "A, B"


@pytest.mark.parametrize(
    "bad",
    [
        b"not json",
        b"[1, 2]",
        b"{}",
        b'"text"',
        b'{"title": "no text"}',
        b'{"text": "no title"}',
        b'{"title": "T", "text": 5}',
        b'{"title": "T", "text": "  "}',
        b'{"title": "", "text": "x"}',
        b'{"title": "T", "text": "x", "published": "soon"}',
        b'{"title": "T", "text": "x", "published": "2024-05-03T10:00:00+99:00"}',
        b'{"title": "T", "text": "x", "published": "2460:' + b"9" * 40 + b'"}',
        b'{"title": "T", "text": "x", "n": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b"\x00\x01\x02",
        b'{"title": "T", "text": "' + b"x" * 10_000_001 + b'"}',
    ],
    ids=lambda line: ascii(line[:30]),
)
def test_a_bad_line_fails_alone(tmp_path, bad):
    good = json.dumps({"title": "Good", "text": BODY}).encode()
    path = write(tmp_path, "a.jsonl", good + b"\n" + bad + b"\n" + good + b"\n")
    found = list(read(path))
    assert [type(item).__name__ for item in found] == ["Article", "Unreadable", "Article"]
    assert found[1].source == f"{path}#line 2"
    assert found[1].reason
    assert found[0].source != found[2].source


def test_lone_surrogates_and_nulls_from_json_do_not_reach_the_library(tmp_path):
    path = write(tmp_path, "a.jsonl", r'{"title": "T\ud800", "text": "A\u0000 line \udfff here.", "author": "\ud83d"}')
    article, _ = read(path)
    for value in (article.title, article.text, article.author):
        value.encode()
        assert "\x00" not in value


# Any file


@pytest.mark.parametrize("suffix", sorted(FORMATS))
@given(data=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
@settings(max_examples=25, deadline=None)
def test_no_file_stops_a_sync(suffix, data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("any")
    for item in read(write(folder, f"file{suffix}", data)):
        assert isinstance(item, Article | Unreadable | Hidden)
        if isinstance(item, Article):
            assert item.title
            assert item.text


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (None, None),
        ("", None),
        ("2019-03-13", "2019-03-13"),
        ("20190313", "2019-03-13"),
        (20190313, "2019-03-13"),
        ("March 13, 2019", "2019-03-13"),
        ("13 mar 2019", "2019-03-13"),
        ("Thursday, 14 March 2019", "2019-03-14"),
        ("Tue, 12 Mar 2019", "2019-03-12"),
        ("Tue, 12 Mar 2019 08:15:00 GMT", "2019-03-12T08:15:00+00:00"),
        ("2019-03-13T00:00:00Z", "2019-03-13T00:00:00+00:00"),
        ("2019-03-13 21:05", "2019-03-13T21:05:00"),
    ],
)
def test_dates_are_iso_and_a_day_stays_a_day(stated, expected):
    assert iso_date(stated) == expected


@given(st.one_of(st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes()))
@settings(max_examples=300, deadline=None)
def test_a_date_is_iso_or_refused_and_nothing_else(stated):
    import datetime as dt

    try:
        found = iso_date(stated)
    except UnreadableError:
        return
    assert found is None or dt.datetime.fromisoformat(found)


@pytest.mark.parametrize("stated", ["2019-03-13 09:00 EST", "13 March 2019 10:00 XYZ"])
def test_a_date_in_an_unknown_time_zone_is_no_warning_on_the_screen(stated):
    assert iso_date(stated).startswith("2019-03-13")


@pytest.fixture
def run_limited():
    """Runs Python code in a child process that may use a little memory for a little time."""
    import subprocess

    limit = "import resource; resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))"
    one_core = os.environ | {"OPENBLAS_NUM_THREADS": "1"}  # NumPy sets memory aside for each core that there is

    def run(code, *arguments):
        command = [sys.executable, "-c", f"{limit}\n{code}", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=one_core)

    return run


def test_a_folder_of_everything_bad_is_read_to_its_end(tmp_path):
    folder = tmp_path / "paper"
    folder.mkdir()
    write(folder, "a.md", "---\ntitle: [\n---\n")
    write(folder, "b.txt", bytes(range(256)))
    write(folder, "c.jsonl", "no json\n" + json.dumps({"title": "Line", "text": BODY}))
    write(folder, "d.html", "")
    write(folder, "e.txt", BODY)
    (folder / "f.md").symlink_to(folder / "nowhere.md")
    with Library.open(tmp_path / "library", WordHashEncoder(), create=True) as library:
        report = sync([folder], library)
        assert len(report.added) == 2
        assert {failure.source.removeprefix(str(folder)) for failure in report.failed} == {
            "/a.md", "/b.txt", "/c.jsonl#line 1", "/d.html", "/f.md",
        }  # fmt: skip
        assert len(library.entries()) == 2
