"""An article that was corrected: the new figure, when it changed, and the old one where an old answer leads to it."""

import dataclasses
import io

import pytest
from rich.console import Console

from ingest import Article, Library, WordHashEncoder, sync
from qa import Assistant, Copy, Settings
from qa.reader import load_reader
from tests.newspaper import article
from ui import render, wording
from ui.printed import print_answer

QUESTION = "How much will the new bridge at Thornby cost?"
OLD = "The new bridge at Thornby will cost 3.1 million crowns, the council said.\n\nWork begins in May."
NOTICE = "Correction: An earlier version of this article said the new bridge at Thornby will cost 3.1 million crowns."
NEW = OLD.replace("3.1", "4.1") + "\n\n" + NOTICE


@pytest.fixture
def assistant(tmp_path):
    with Library.open(tmp_path / "library", WordHashEncoder(), create=True) as library:
        yield Assistant(library, load_reader(), Settings())


@pytest.fixture
def write(assistant, tmp_path):
    """(text, front matter) -> sync an article with this text."""
    (tmp_path / "paper").mkdir()

    def write(text, *stated):
        lines = ["---", "title: The bridge", "published: 2024-03-04", *stated, "---", text]
        (tmp_path / "paper" / "bridge.md").write_text("\n".join(lines), "utf-8")
        return sync([tmp_path / "paper"], assistant.library)

    return write


def test_a_corrected_article_answers_with_the_new_figure_and_its_old_citation_shows_the_old_text(assistant, write):
    write(OLD)
    old = assistant.ask(QUESTION)
    assert "3.1 million" in old.text
    (cited,) = old.citations
    assert (cited.version, cited.updated, cited.correction) == (1, None, None)
    report = write(NEW, "updated: 2024-03-09")
    assert len(report.changed) == 1

    new = assistant.ask(QUESTION)
    assert "4.1 million" in new.text
    assert "3.1 million" not in new.text, "what the notice takes back is no answer"
    (now,) = new.citations
    assert (now.version, now.updated, now.correction, now.verified) == (2, "2024-03-09", NOTICE, True)

    opened = assistant.library.edition(cited.article_id, cited.version)
    assert opened.article.text[cited.start : cited.end] == cited.quote
    assert (opened.until, opened.latest) == ("2024-03-09", 2)
    assert assistant.library.edition(cited.article_id, opened.latest).article.text == NEW


def test_every_rendering_says_when_it_was_updated_and_what_was_corrected(assistant, write):
    write(OLD)
    write(NEW, "updated: 2024-03-09")
    answer = assistant.ask(QUESTION)
    screen = Console(file=io.StringIO(), width=200)
    print_answer(screen, answer)
    page = render.conversation([render.Exchange(QUESTION, "answered", answer)])
    for shown in (page, wording.plain(answer), screen.file.getvalue()):
        assert "updated on 9 Mar 2024" in shown
    for shown in (page, wording.plain(answer), screen.file.getvalue()):
        assert NOTICE in shown
    assert 'data-version="2"' in page


def test_an_article_that_never_changed_says_nothing_of_updates(assistant, write):
    write(OLD)
    assert "updated" not in wording.plain(assistant.ask(QUESTION))


def test_an_article_that_is_corrected_twice_keeps_all_three(assistant, write):
    for figure in ("3.1", "3.6", "4.1"):
        write(OLD.replace("3.1", figure))
    (cited,) = assistant.ask(QUESTION).citations
    assert (cited.version, "4.1" in cited.quote) == (3, True)
    assert ["3.6" in edition.article.text for edition in assistant.library.history(cited.article_id)] == [0, 1, 0]


# Copies


@pytest.fixture
def printed(assistant):
    """One story in three papers."""
    text = "The new bridge at Thornby will cost 4.1 million crowns. " + article(1).text
    papers = [("b", "Gazette", "2024-03-05"), ("c", None, None), ("a", "Courier", "2024-03-04")]
    assistant.library.replace(
        [
            Article(name, f"Bridge {name}", text, f"/{name}", publisher, published=day, url=f"https://{name}.example/")
            for name, publisher, day in papers
        ]
    )
    return assistant.ask(QUESTION)


def test_copies_are_named_with_the_citation_and_confirm_nothing(printed):
    assert {citation.article_id for citation in printed.citations} == {"a"}
    for citation in printed.citations:
        assert citation.also == (
            Copy("b", "Bridge b", "Gazette", "2024-03-05", "https://b.example/"),
            Copy("c", "Bridge c", None, None, "https://c.example/"),
        )
    with pytest.raises(dataclasses.FrozenInstanceError):
        printed.citations[0].also[0].title = "Another"


def test_every_rendering_names_the_copies(printed):
    screen = Console(file=io.StringIO(), width=200)
    print_answer(screen, printed)
    assert "Also in: Gazette, 5 Mar 2024; Bridge c" in screen.file.getvalue()
    page = render.conversation([render.Exchange(QUESTION, "answered", printed)])
    for shown in (page, wording.plain(printed), wording.markdown(printed)):
        assert "Also in: Gazette, 5 Mar 2024; Bridge c" in shown
    assert printed.to_dict()["citations"][0]["also"][1] == {
        "article_id": "c", "title": "Bridge c", "publisher": None, "published": None, "url": "https://c.example/",
    }  # fmt: skip
