"""Characters that nobody sees are left out of what is read, counted, and said."""

import json

import pytest

from ingest import Hidden, sync
from ingest.readers import read
from tests.ingest.documents import docx, epub, paragraph, pdf

ZERO_WIDTH, RIGHT_TO_LEFT, BELL = "\u200b", "\u202e", "\x07"
BODY = f"The coun{ZERO_WIDTH}cil met{RIGHT_TO_LEFT} on Tuesday and decided to build the sea wall after all."
SEEN = "The council met on Tuesday and decided to build the sea wall after all."
FILES = {
    "a.txt": f"{BODY}{BELL}".encode(),
    "a.md": f"# Wall\n\n{BODY}{BELL}".encode(),
    "a.html": (
        f"<html><head><title>Wall</title></head><body><article><p>{BODY}&#8203;</p></article>"
        f"<script>{ZERO_WIDTH}</script></body></html>"
    ).encode(),
    "a.jsonl": json.dumps({"title": "Wall", "text": BODY + BELL}).encode(),
    "a.csv": f'title,text\nWall,"{BODY}{BELL}"\n'.encode(),
    "a.eml": f"Subject: Wall\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{BODY}{BELL}\n".encode(),
    "a.docx": docx(paragraph(f"{BODY}{ZERO_WIDTH}")),  # cut apart in a child process
    "a.epub": epub(f"<html><body><p>{BODY}{ZERO_WIDTH}</p></body></html>"),
    "a.pdf": pdf([[SEEN.replace("met", "m\x03e\x01t\x02")]]),
}


@pytest.mark.parametrize("name", FILES)
def test_every_reader_counts_what_it_leaves_out(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(FILES[name])
    article, hidden = read(path)
    assert SEEN in article.text
    assert hidden == Hidden(article.source, 3)


def test_soft_hyphens_and_strange_line_breaks_are_no_secret(tmp_path):
    (tmp_path / "a.txt").write_text("The coun\u00adcil met.\r\nIt\u2028went home.")
    (article,) = read(tmp_path / "a.txt")
    assert article.text == "The council met.\nIt\nwent home."


@pytest.mark.parametrize("mark", ["\u061c", "\u180e", "\U000e0041", "\U000e0100", "\U000e01ef"], ids=ascii)
def test_marks_and_tags_that_nobody_sees_are_left_out_wherever_unicode_has_them(tmp_path, mark):
    (tmp_path / "a.txt").write_text(f"The coun{mark}cil met.", "utf-8")
    article, hidden = read(tmp_path / "a.txt")
    assert (article.text, hidden.count) == ("The council met.", 1)


def test_a_sync_says_how_many_and_where_and_one_article_is_not_charged_with_anothers(tmp_path, word_hash_library):
    lines = [{"title": "One", "text": BODY}, {"title": "Two", "text": SEEN}, {"title": "Three", "text": f"{BELL}Bell."}]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    report = sync([path], word_hash_library)
    assert report.hidden == (Hidden(f"{path}#One", 2), Hidden(f"{path}#Three", 1))
    assert len(report.added) == 3
    assert not report.failed
