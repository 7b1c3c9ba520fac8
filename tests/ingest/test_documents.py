"""Word files, books, PDFs, mail and CSV: what they hold, and what is done with those that mean harm."""

import json
import re
import stat
import subprocess
import sys
import time
import zipfile

import pypdf
import pytest

from ingest import Article, Library, Unreadable, source_file, sync
from ingest.errors import UnreadableError
from ingest.readers import confined, read
from ingest.readers.blocks import to_text
from ingest.readers.content import told
from ingest.readers.pdf import join_pages, without_running_lines
from tests.ingest.documents import docx, epub, paragraph, pdf, row, zipped
from tests.ingest.memory import bounded

BODY = "The council met on Tuesday. It decided to build the wall after all."


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def one(path):
    (found,) = read(path)
    assert isinstance(found, Article), found
    return found


def reason(path):
    (found,) = read(path)
    assert isinstance(found, Unreadable), f"it was read: {found}"
    return found.reason


# PDF


def test_a_pdf_keeps_its_pages_so_that_a_quote_can_name_one(tmp_path):
    pages = [
        ["The council met on Tuesday. It was", "a long meeting."],
        [],
        ["It decided to build", "the wall after all."],
    ]
    article = one(write(tmp_path, "wall.pdf", pdf(pages, info="/Title (Wall approved) /Author (Ilse Brandt)")))
    assert (article.title, article.author, article.published) == ("Wall approved", "Ilse Brandt", None)
    assert (
        article.text == "The council met on Tuesday. It was a long meeting.\n\nIt decided to build the wall after all."
    )
    assert article.page(article.text.index("council")) == 1
    assert article.page(article.text.index("decided")) == 3


def test_an_answer_from_a_pdf_says_the_page(tmp_path, monkeypatch):
    from qa import Assistant
    from ui.wording import source_line

    pages = [[f"Page {n} tells how the harbour of Aldwyn was built in those years."] for n in (1, 2, 3)]
    pages.append(["The bridge in Thornby was closed because its pillars were cracked."])
    write(tmp_path, "report.pdf", pdf(pages))
    with Library.open(tmp_path / "library", create=True) as library:
        assert not sync([tmp_path / "report.pdf"], library).failed
    with Assistant.open(library=tmp_path / "library") as assistant:
        answer = assistant.ask("Why was the bridge in Thornby closed?")
    citation = (answer.citations or answer.nearest)[0]
    assert "pillars" in citation.quote
    assert citation.page == 4
    assert "page 4" in source_line(citation)


def test_running_heads_and_page_numbers_are_not_text():
    said = ["Herring came early.", "Cod stayed away.", "Nobody counted the eels.", "The fleet was sold."]
    pages = [f"Annual report 2024\n{line}\nPage {n} of 4" for n, line in enumerate(said, start=1)]
    assert without_running_lines(pages) == said


def test_a_sentence_that_crosses_pages_is_one_sentence():
    text, starts = join_pages(["The council decided to build a long sea-", "wall after all. Nobody", "cheered."])
    assert text == "The council decided to build a long seawall after all. Nobody cheered."
    assert [text[start:][:4] for start in starts] == ["The ", "wall", "chee"]


def test_a_long_pdf_is_joined_in_the_time_of_its_length():
    began = time.process_time()
    text, starts = join_pages(["herring\nand cod\n" * 10_000] * 2 + ["It was said\nthat he came" * 10] * 3_000)
    assert time.process_time() - began < 3
    assert text.startswith("herring and cod herring and cod")
    assert len(starts) == 3_002


def encrypted(folder):
    writer = pypdf.PdfWriter(clone_from=str(write(folder, "plain.pdf", pdf([[BODY]]))))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(folder / "made.pdf")
    return (folder / "made.pdf").read_bytes()


CIRCULAR_XREF = pdf([[BODY]]).replace(b"/Info", b"/Prev 9 /Info")
HOSTILE_PDFS = {
    "circular pages": lambda _: re.sub(rb"/Kids \[[^]]*\]", b"/Kids [2 0 R]", pdf([[BODY]])),
    "huge stream": lambda _: pdf([[""]], content=b"BT /F1 12 Tf " + b"(aaaaaaaaaaaaaaaaaaaa) Tj " * 8_000_000),
    "encrypted": encrypted,
    "truncated": lambda _: pdf([[BODY]])[:150],
    "a web page": lambda _: b"<!doctype html><html><body><p>The council met.</p></body></html>",
    "100,000 pages": lambda _: re.sub(
        rb"/Kids \[[^]]*\] /Count 1",
        b"/Kids [" + b"5 0 R " * 100_000 + b"] /Count 100000",
        pdf([[BODY]]),
    ),
}


@pytest.mark.parametrize("kind", HOSTILE_PDFS)
def test_case_11_a_hostile_pdf_is_one_failed_article_with_a_reason(tmp_path, kind):
    path = write(tmp_path, "file.pdf", HOSTILE_PDFS[kind](tmp_path))
    (tmp_path / "plain.pdf").unlink(missing_ok=True)
    (tmp_path / "made.pdf").unlink(missing_ok=True)
    why, peak = read_elsewhere(path)
    assert why.startswith(("it ", "reading it ", "its "))
    assert peak < 1200  # MB: a hostile file takes no more than the child is allowed
    write(tmp_path, "next.pdf", pdf([[BODY]]))
    assert one(tmp_path / "next.pdf").text == BODY


@pytest.mark.parametrize("data", [CIRCULAR_XREF], ids=["circular xref"])
def test_case_11_a_circular_xref_does_not_hang(tmp_path, data):
    (found,) = read(write(tmp_path, "file.pdf", data))
    assert isinstance(found, Unreadable) or found.text == BODY


ELSEWHERE = """
import json, resource, sys
from pathlib import Path
from ingest.readers import read
(found,) = read(Path(sys.argv[1]))
own = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))  # getrusage: the parent's
peak = max(int(own), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024
print(json.dumps([getattr(found, "reason", f"READ: {str(found)[:100]}"), peak]))
"""


def read_elsewhere(path):
    """Why a file cannot be read, and how much memory in MB that took at most, its child included."""
    command = [sys.executable, "-P", "-c", ELSEWHERE, str(path)]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return json.loads(outcome.stdout)


def test_a_child_that_is_killed_is_one_failed_article(tmp_path, monkeypatch):
    dying = tmp_path / "child.py"
    dying.write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    monkeypatch.setattr(confined, "_CHILD", dying)
    assert "exit status -9" in reason(write(tmp_path, "a.pdf", pdf([[BODY]])))


def test_a_child_that_never_ends_is_left(tmp_path, monkeypatch):
    waiting = tmp_path / "child.py"
    waiting.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(confined, "_CHILD", waiting)
    monkeypatch.setattr(confined, "SECONDS", 0.3)
    assert "longer than" in reason(write(tmp_path, "a.pdf", pdf([[BODY]])))


def test_what_a_child_complains_of_is_not_kept(tmp_path, monkeypatch):
    complaining = tmp_path / "child.py"
    complaining.write_text(
        "import sys\nfor _ in range(200): sys.stderr.write('x' * 1_000_000)\nprint('{\"error\": \"it is odd\"}')"
    )
    monkeypatch.setattr(confined, "_CHILD", complaining)
    with bounded(100):
        assert reason(write(tmp_path, "a.pdf", pdf([[BODY]]))) == "it is odd"


@pytest.mark.parametrize(("module", "name", "extra"), [("pypdf", "a.pdf", "[pdf]"), ("mammoth", "a.docx", "[docx]")])
def test_a_missing_extra_is_named(tmp_path, module, name, extra):
    content = pdf([[BODY]]) if name == "a.pdf" else docx(paragraph(BODY))
    path = write(tmp_path, name, content)
    kind = name.removeprefix("a.")
    program = (
        f"import sys; sys.modules[{module!r}] = None\n"
        f"from pathlib import Path\nfrom ingest.readers import {kind}\n"
        f"try: {kind}.extract(Path({str(path)!r}))\nexcept Exception as error: print(error)"
    )
    outcome = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True)
    assert f"pip install 'citewire{extra}'" in outcome.stdout


# Word


def test_a_word_file_keeps_headings_lists_and_tables_with_their_column_names(tmp_path):
    table = f"<w:tbl>{row('Species', 'Tonnes')}{row('herring', '4,120')}{row('cod', '')}</w:tbl>"
    article = one(write(tmp_path, "a.docx", docx(paragraph("The vote") + paragraph(BODY) + table + paragraph("End."))))
    assert (article.title, article.author, article.language) == ("Wall approved", "Ilse Brandt", "en")
    assert article.text == f"The vote\n\n{BODY}\n\nSpecies: herring; Tonnes: 4,120\nSpecies: cod\n\nEnd."


def test_a_word_file_without_a_title_takes_its_first_line(tmp_path):
    article = one(write(tmp_path, "a.docx", docx(paragraph("Wall vote") + paragraph(BODY), core="")))
    assert (article.title, article.text) == ("Wall vote", BODY)


@pytest.mark.parametrize("runs", [1, 2])
def test_a_word_file_of_too_long_a_text_is_refused_whole(tmp_path, runs):
    path = write(tmp_path, "a.docx", docx(paragraph("a" * (10_400_000 // runs)) * runs))
    assert reason(path) == "its text is longer than 10 MB: split it"


BILLION = (
    '<!DOCTYPE x [<!ENTITY a "ha ha ha ha ha ha ha ha ha ha">'
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
    + "]>"
)


def test_entities_in_a_word_file_are_refused(tmp_path):
    why = reason(write(tmp_path, "a.docx", docx(paragraph("&j;"), before=BILLION)))
    assert "damaged" in why
    assert "Entit" in why


def symlink():
    link = zipfile.ZipInfo("word/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return link


BOMB = "0" * 70_000_000
HOSTILE_ZIPS = {
    "zip bomb as docx": ("a.docx", lambda: docx(paragraph(BOMB)), "unpack to more"),
    "zip bomb as epub": ("a.epub", lambda: epub(f"<html><body>{BOMB}</body></html>"), "unpack to more"),
    "many large members": (
        "a.docx",
        lambda: docx("", **{f"m{n}": bytes(40_000_000) for n in range(8)}),
        "unpack to more",
    ),
    "nested zip": ("a.docx", lambda: docx("", **{"word/inner.zip": zipped({"a": "b"})}), "another archive"),
    "climbing out": ("a.epub", lambda: epub("", **{"../../x": "x"}), "outside"),
    "absolute": ("a.docx", lambda: docx("", **{"/etc/x": "x"}), "outside"),
    "symlink": ("a.docx", lambda: zipped({"word/document.xml": "<x/>", symlink(): "/etc/passwd"}), "a link"),
    "100,000 members": ("a.docx", lambda: docx("", **{f"m{n}": b"" for n in range(100_000)}), "10,000 files"),
}


@pytest.mark.parametrize("kind", HOSTILE_ZIPS)
def test_case_10_a_hostile_archive_is_refused_before_it_is_unpacked(tmp_path, kind):
    name, make, expected = HOSTILE_ZIPS[kind]
    path = write(tmp_path, name, make())
    why, peak = read_elsewhere(path)
    assert expected in why
    assert peak < 400  # MB: it was not unpacked


# EPUB


def test_a_book_is_read_in_its_reading_order(tmp_path):
    book = epub(f"<html><head><title>x</title></head><body><h1>One</h1><p>{BODY}</p></body></html>", "<p>The end.</p>")
    article = one(write(tmp_path, "a.epub", book))
    assert article.text == f"One\n\n{BODY}\n\nThe end."
    stated = (article.title, article.author, article.published, article.language)
    assert stated == ("The wall", "Ilse Brandt", "2024-05-02", "en")


# Content decides


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("report.txt", lambda: pdf([[BODY]]), BODY),
        ("report.md", lambda: docx(paragraph(BODY)), BODY),
        ("report", lambda: pdf([[BODY]]), BODY),
        ("message", f"From: a@b.example\nSubject: Wall\n\n{BODY}\n".encode, BODY),
        (
            "page.txt",
            f"<!DOCTYPE html><html><body><article><p>{BODY}</p></article></body></html>".encode,
            BODY,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_content_tells_the_format_where_the_name_does_not(tmp_path, name, content, text):
    assert one(write(tmp_path, name, content())).text == text


def test_a_few_bytes_that_could_be_divided_in_many_ways_are_told_at_once(tmp_path):
    path = write(tmp_path, "a.txt", "<!---->" * 25 + BODY)
    began = time.process_time()
    assert told(path, "text") == "text"
    assert time.process_time() - began < 0.5


def test_a_page_that_begins_with_comments_is_a_page(tmp_path):
    head = '\ufeff\n<?xml version="1.0"?>\n<!-- a --> <!-- <html> -->\n'
    assert told(write(tmp_path, "a.txt", f"{head}<HTML lang=en><p>{BODY}"), "text") == "html"
    assert told(write(tmp_path, "b.txt", f"{head}{BODY}<html>"), "text") == "text"


# Mail


def test_a_message_gives_subject_sender_date_and_words(tmp_path):
    message = (
        "From: Ilse Brandt <ilse@courier.example>\nSubject: =?utf-8?q?Wall_approved_=E2=80=93_at_last?=\n"
        "Date: Thu, 2 May 2024 06:30:00 +0200\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
        "--x\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        "<p>The council met =E2=80=93 on Tuesday.</p><p>Nobody cheered.</p>\n"
        "--x\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf\n\nJVBER\n--x--\n"
    )
    article = one(write(tmp_path, "a.eml", message))
    assert article.title == "Wall approved – at last"
    assert article.author == "Ilse Brandt <ilse@courier.example>"
    assert article.published == "2024-05-02T06:30:00+02:00"
    assert article.text == "The council met – on Tuesday.\n\nNobody cheered."


def test_a_box_is_its_messages_each_with_a_source_that_lasts(tmp_path):
    message = (
        "From x@y Thu May  2 06:30:00 2024\nSubject: Wall {n}\nMessage-ID: <{n}@courier.example>\n\n{body} {n}\n\n"
    )
    box = "".join(message.format(n=n, body=BODY) for n in (1, 2)) + "From z\nSubject: Empty\n\n\n"
    path = write(tmp_path, "box.mbox", box)
    first, second, empty = read(path)
    assert (first.title, second.text) == ("Wall 1", f"{BODY} 2")
    assert first.source == f"{path}#<1@courier.example>"
    assert first.published is None
    assert isinstance(empty, Unreadable)


def box(*numbers):
    """A mailbox of these messages; the third has an odd id, the fourth that of the first, the fifth none."""
    ids = {3: "Message-ID: 3@courier.example\n", 4: "Message-ID: <1@courier.example>\n", 5: ""}
    return "".join(
        f"From x\nSubject: Wall {n}\n{ids.get(n, f'Message-ID: <{n}@courier.example>{chr(10)}')}\n{BODY} {n}\n\n"
        for n in numbers
    )


@pytest.mark.parametrize("name", ["box.mbox", "Inbox"])
def test_a_message_that_left_its_box_is_removed_and_one_that_fails_is_kept(tmp_path, word_hash_library, name):
    path = write(tmp_path, name, box(1, 2, 3, 4, 5))
    ids = sync([path], word_hash_library).added
    assert len(ids) == 5
    assert {source_file(source) for source in word_hash_library.known()} == {path}
    write(tmp_path, name, box(1, 2, 3, 4) + "From z\nSubject: Empty\n\n\n")
    report = sync([path], word_hash_library)
    assert (report.removed, len(report.failed)) == ((), 1)
    write(tmp_path, name, box(1))
    assert set(sync([path], word_hash_library).removed) == set(ids[1:])
    assert word_hash_library.forget(ids[0]).again == (str(path),)


@pytest.mark.parametrize("name", ["From", "Message-ID", "Subject", "Date"])
def test_a_header_nested_without_end_is_left_out(tmp_path, name):
    message = f"{name}: {'(' * 3000}\n\n{BODY}\n\n"
    found = list(read(write(tmp_path, "a.mbox", f"From x\n{message}From y\nSubject: Two\n\n{BODY}\n")))
    assert [article.text for article in found] == [BODY, BODY]


# CSV


def test_a_csv_export_is_its_rows_whatever_stands_between_the_cells(tmp_path):
    content = (
        f'Headline;Body;Date;url\n"Wall; approved";"{BODY}\nNobody cheered.";2024-05-02;https://c.example/1\n;x;;\n'
    )
    path = write(tmp_path, "a.csv", content.encode("cp1252"))
    article, failed = read(path)
    assert (article.title, article.published, article.url) == ("Wall; approved", "2024-05-02", "https://c.example/1")
    assert article.text == f"{BODY}\nNobody cheered."
    assert article.source == f"{path}#https://c.example/1"
    assert failed == Unreadable(f"{path}#line 4", "it has no title")


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "title\nx\n"])
def test_a_csv_file_without_the_columns_is_refused_with_what_to_do(tmp_path, content):
    assert "title and text" in reason(write(tmp_path, "a.csv", content))


def test_syncing_a_csv_file_twice_changes_nothing_and_a_dropped_row_is_gone(tmp_path, word_hash_library):
    path = write(tmp_path, "a.csv", f"title,text\nOne,{BODY}\nTwo,{BODY} Twice.\n")
    assert len(sync([path], word_hash_library).added) == 2
    assert len(sync([path], word_hash_library).unchanged) == 2
    write(tmp_path, "a.csv", f"title,text\nTwo,{BODY} Twice.\n")
    assert len(sync([path], word_hash_library).removed) == 1


# HTML fragments


def test_scripts_are_silent_and_nested_tables_do_not_explode():
    assert to_text("<script>x</script><p>A<br>b<!-- c --></p><ul><li><p>one</p></li><li>two</li></ul>") == (
        "A b\n\n- one\n\n- two"
    )
    assert to_text("<table><tr><th>A</th></tr><tr><td><table><tr><td>x</td></tr></table></td></tr></table>") == "A: x"
    with pytest.raises(UnreadableError, match="nested too deeply"):
        to_text("<div>" * 50_000 + "deep")


def test_nothing_is_dropped_without_a_word():
    paragraph_of_8_mb = "a" * 8_000_000
    assert to_text(f"<p>{paragraph_of_8_mb}</p>" * 2) == f"{paragraph_of_8_mb}\n\n{paragraph_of_8_mb}"
    assert to_text("<div>" * 300 + "deep") == "deep"
