import io
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from rich.console import Console

from qa import Answer, Citation, Copy, Prose
from ui import render, wording
from ui.holdings import holdings
from ui.printed import print_answer
from ui.refusal import NOT_FOUND, nearest_note
from ui.render import Exchange

HOSTILE_TEXTS = [
    '"><svg onload="alert(1)">',
    "<script>alert(1)</script>",
    "<img src=https://evil.example/x.png srcset='https://evil.example/2x.png 2x'>",
    "</article></div><form action=https://evil.example><input name=q>",
    "' onmouseover='alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "{{7*7}} ${7*7} {question} %s",
    "[x](javascript:alert(1)) ![x](https://evil.example/x.png)",
    "before\u202eafter\u2066inside",
    "\x1b[31mred\x1b[0m \x00",
    '{"lc":1,"type":"secret","id":["OPENAI_API_KEY"]}',
    "<scr",
    "![x][y] [y]: https://evil.example/x.png file=https://evil.example/x.png",
    "<p style=\"background: url('https://evil.example/x.png')\"><link rel=stylesheet href=//evil.example/x>",
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
]


class Seen(HTMLParser):
    """The tags, attributes and text that a browser would make of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def citation(number: int = 1, quote: str = "It rains.", **fields: object) -> Citation:
    whole: dict[str, object] = {
        "article_id": "rain-1", "title": "Rain", "publisher": "Courier", "published": "2024-03-04",
        "url": "https://courier.example/rain", "start": 10, "end": 19, "verified": True, **fields,
    }  # fmt: skip
    return Citation(number=number, quote=quote, **whole)  # type: ignore[arg-type]


def answered(*citations: Citation, text: str | None = None, **fields: object) -> Answer:
    text = " ".join(f"{cited.quote} [{cited.number}]" for cited in citations) if text is None else text
    whole: dict[str, object] = {"found": bool(citations), "short": "", "confidence": 0.9, **fields}
    return Answer("Does it rain?", "Does it rain?", text=text, citations=citations, **whole)  # type: ignore[arg-type]


def html_of(answer: Answer, question: str = "Does it rain?") -> str:
    return render.conversation([Exchange(question, "answered", answer)])


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
@pytest.mark.parametrize(
    "where",
    [
        lambda text: html_of(answered(citation()), question=text),
        lambda text: html_of(answered(citation(quote=text))),
        lambda text: html_of(answered(citation(title=text))),
        lambda text: html_of(answered(citation(publisher=text, published=text))),
        lambda text: html_of(answered(citation(article_id=text))),
        lambda text: html_of(answered(citation(updated=text, correction=text))),
        lambda text: html_of(answered(citation(also=(Copy(text, text, text, text, text),)))),
        lambda text: html_of(answered(citation(), text=f"{text} [1]")),
        lambda text: html_of(answered(citation(), short=text)),
        lambda text: html_of(answered(nearest=(citation(quote=text, title=text),))),
        lambda text: render.conversation([Exchange("Q", "failed", problem=text)]),
        lambda text: render.conversation([Exchange("Q", "answered", answered(citation()), languages={"rain-1": text})]),
    ],
)
def test_cases_3_4_and_19_hostile_text_stays_text(where: Callable[[str], str], text: str) -> None:
    harmless, seen = Seen(where("harmless")), Seen(where(text))
    assert seen.tags == harmless.tags
    assert [name for name, _ in seen.attributes] == [name for name, _ in harmless.attributes]
    assert not {"\u202e", "\u2066", "\x1b", "\x00"} & set(seen.text)


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_case_3_text_that_is_cut_anywhere_stays_text(text: str) -> None:
    harmless = Seen(html_of(answered(citation(), text="harmless [1]"))).tags
    for end in range(1, len(text)):
        assert Seen(html_of(answered(citation(), text=f"{text[:end]} [1]"))).tags == harmless


def test_text_that_looks_like_a_template_is_shown_as_it_is() -> None:
    assert (
        "{{7*7}} ${7*7} {question} %s" in Seen(html_of(answered(citation(quote="{{7*7}} ${7*7} {question} %s")))).text
    )


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)",
        "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//evil.example", "/relative",
        "https://", "https://a b.example", "", None, "http://[", "https://good.example/\u202ecod.exe",
    ],
)  # fmt: skip
def test_only_whole_http_addresses_become_links(url: str | None) -> None:
    assert wording.safe_url(url) is None


def test_http_and_https_become_links() -> None:
    assert wording.safe_url("https://courier.example/a?b=c#d") == "https://courier.example/a?b=c#d"
    assert wording.safe_url("HTTP://intra/a") == "HTTP://intra/a"


def test_a_bad_address_appears_in_no_text() -> None:
    answer = answered(citation(url="javascript:alert(1)"))
    assert "javascript" not in html_of(answer) + wording.plain(answer) + wording.markdown(answer)


def test_each_mark_becomes_a_button_that_knows_its_place() -> None:
    seen = Seen(html_of(answered(citation(), citation(2, "It pours.", start=40, end=49, article_id="rain-2"))))
    assert seen.tags.count("button") == 2 + 2 + 1  # chips, sources, copy
    assert [value for name, value in seen.attributes if name == "data-start"] == ["10", "40", "10", "40"]
    assert ("title", "Courier, 4 Mar 2024") in seen.attributes
    assert ("aria-label", "Source 1: Rain, Courier, 4 Mar 2024") in seen.attributes


def test_a_bracketed_number_inside_a_quote_is_no_mark() -> None:
    html = html_of(answered(citation(quote="See [2] for more."), citation(2, "It pours.")))
    assert html.count('class="chip"') == 2
    assert "See [2] for more." in Seen(html).text


def test_a_mark_without_its_citation_stays_text() -> None:
    html = html_of(answered(citation(), text="It rains. [1] It snows. [0] [7]"))
    assert html.count('class="chip"') == 1
    assert "It snows. [0] [7]" in Seen(html).text


def test_a_quote_over_two_lines_is_still_recognised() -> None:
    html = html_of(answered(citation(quote="It\n  rains [2]."), citation(2), text="It rains [2]. [1] It rains. [2]"))
    assert html.count('class="chip"') == 2


def test_the_short_answer_is_emphasised_once() -> None:
    html = html_of(answered(citation(quote="rain and rain"), short="rain"))
    assert html.count("<strong>") == 1


def test_a_refusal_says_so_and_shows_what_is_nearest() -> None:
    seen = Seen(html_of(answered(nearest=(citation(quote="It rained in May."),))))
    assert NOT_FOUND in seen.text
    assert nearest_note("") in seen.text
    assert "It rained in May." in seen.text


def test_quotes_in_which_a_model_finds_no_answer_stand_with_what_is_nearest_besides() -> None:
    near = citation(2, "It rained in May.", article_id="may-1")
    answer = answered(citation(), nearest=(near,), prose=Prose("openai:m", done=True, declined=True))
    out = Console(file=io.StringIO(), width=200)
    print_answer(out, answer)
    for said in (Seen(html_of(answer)).text, wording.plain(answer), wording.markdown(answer), out.file.getvalue()):
        places = [
            said.index(part) for part in ("It rains.", nearest_note("", found=True), near.quote.removesuffix("."))
        ]
        assert places == sorted(places)
        assert "finds no answer" in said


def test_what_a_reader_stops_is_no_longer_being_written() -> None:
    growing = Exchange("Q", answer=answered(citation(), prose=Prose("openai:m")))
    assert "Writing" in render.conversation([growing])
    stopped = render.conversation([growing.stopped()])
    assert "Writing" not in stopped
    assert "Stopped." in stopped


def test_an_answer_that_is_still_growing_is_no_refusal() -> None:
    html = render.conversation([Exchange("Q", "answering", answered())])
    assert NOT_FOUND not in html


def test_a_failure_is_not_shown_as_a_refusal() -> None:
    html = render.conversation([Exchange("Q", "failed", problem="The question is too long.")])
    assert NOT_FOUND not in html
    assert "The question is too long." in html


def test_sources_that_disagree_are_shown_as_disagreeing() -> None:
    html = html_of(answered(citation(), citation(2, "It is dry."), conflicts=((1, 2), (1, 9))))
    assert html.count("These sources disagree") == 1


def test_an_unverified_citation_is_marked_so() -> None:
    assert "not verified" in html_of(answered(citation(verified=False)))
    assert "not verified" not in html_of(answered(citation()))


def test_the_language_of_a_quote_is_stated() -> None:
    html = render.conversation([Exchange("Q", "answered", answered(citation()), languages={"rain-1": "de"})])
    assert '<span class="quote" lang="de">' in html


def test_what_is_read_aloud_has_the_number_of_sources_and_no_marks() -> None:
    spoken = dict(Seen(html_of(answered(citation(), citation(2, "It pours.", article_id="b")))).attributes)[
        "data-spoken"
    ]
    assert spoken == "Answer with 2 sources: It rains. It pours."


def test_an_article_that_is_cited_twice_is_one_source() -> None:
    answer = answered(citation(), citation(2, "It snows.", article_id="snow-1", title="Snow"), citation(3, "It pours."))
    seen = Seen(html_of(answer))
    assert seen.tags.count("li") == 2
    assert "[1] [3]" in seen.text
    assert wording.plain(answer).splitlines()[2].startswith("[1] [3] Rain, ")


def test_plain_text_lists_the_sources() -> None:
    assert wording.plain(answered(citation())) == (
        "It rains. [1]\n\n[1] Rain, Courier, 4 Mar 2024, https://courier.example/rain"
    )
    assert wording.plain(answered(nearest=(citation(),))) == (
        f"{NOT_FOUND}\n\n{nearest_note('')}\n- It rains. (Rain, Courier, 4 Mar 2024)"
    )


def test_markdown_of_an_article_stays_text() -> None:
    text = wording.markdown(
        answered(citation(quote="# [x](https://evil.example) <b> `a` *b*", url="https://a.example/(x)"))
    )
    assert "\\# \\[x\\]\\(https://evil.example\\) \\<b\\> \\`a\\` \\*b\\* \\[1\\]" in text
    assert "](<https://a.example/(x)>)" in text


@pytest.mark.parametrize(
    ("published", "shown"),
    [("2024-03-04", "4 Mar 2024"), ("2024-03-04T08:00:00Z", "4 Mar 2024"), ("spring", "spring"), (None, "")],
)
def test_dates_are_for_people(published: str | None, shown: str) -> None:
    assert wording.day(published) == shown


def test_what_the_library_holds() -> None:
    assert holdings(0, []) == "0 articles"
    assert holdings(1, ["2024-03-04"]) == "1 article, 4 Mar 2024"
    assert holdings(1200, ["2024-03-04", None, "2019-01-02T10:00"]) == "1,200 articles, 2 Jan 2019 to 4 Mar 2024"


def test_what_a_quote_stands_under_is_set_apart_and_notes_are_sentences() -> None:
    told = answered(
        citation(1, "It began: at last."),
        citation(2, "It ended."),
        text="2 articles.\n4 March 2024: It began: at last. [1]\n5 March 2024: It ended. [2]",
        kind="timeline",
        notes=("searched 2 of 3 articles",),
    )
    html = html_of(told)
    assert '<span class="label">4 March 2024</span><span class="quote">It began: at last.</span>' in html
    assert '<span class="label">5 March 2024</span><span class="quote">It ended.</span>' in html
    assert '<p class="note">Searched 2 of 3 articles.</p>' in html
    assert 'class="label"' not in html_of(replace(told, kind="quotes"))
    assert "Searched 2 of 3 articles." in wording.plain(told)
    assert "\n\n4 March 2024: It began" in wording.markdown(told), "a line of its own"


def test_notes_stand_beside_a_refusal_too_and_stay_text() -> None:
    refused = answered(notes=('searched 2 of 2 articles for "><script>',), kind="count")
    assert "script" not in Seen(html_of(refused)).tags
    for said in (html_of(refused), wording.plain(refused), wording.markdown(refused)):
        assert "Searched 2 of 2 articles for" in said
