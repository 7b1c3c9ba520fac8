"""The conversation as HTML. All that is put between tags goes through `words`: what comes in may be hostile."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from markupsafe import Markup

from qa import Answer, Citation
from ui.prose import prose_html
from ui.refusal import NOT_FOUND, nearest_note, searched_instead
from ui.wording import beside, cited_articles, noted, plain, source_line, text_of, where, words

_MARK = r"\[(?P<number>\d{1,3})\]"
_EMPTY = Markup("")
Leaving = Literal["stopped", "cleared", "replaced"]  # what becomes of an answer that its reader leaves


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and how far its answer has come.

    Attributes:
        state: "answering" while `answer` grows; "stopped" by the reader; "failed" for the reason in `problem`.
        asked: the question whole, where `question` is shortened to be shown.
        languages: language of each cited article by id, where it is known.
        leaving: done when the reader has had enough while it is answered, with what becomes of it.
    """

    question: str
    state: Literal["answering", "answered", "stopped", "failed"] = "answering"
    answer: Answer | None = None
    problem: str = ""
    languages: Mapping[str, str] | None = None
    asked: str = ""
    leaving: "asyncio.Future[Leaving] | None" = field(default=None, compare=False, repr=False)

    def leave(self, how: Leaving) -> None:
        """Tell whoever answers it that the reader has had enough."""
        if self.leaving and not self.leaving.done():
            self.leaving.set_result(how)

    def stopped(self) -> "Exchange":
        """The same, if it was not complete yet, as the reader left it: nothing more of its prose is to come."""
        if self.state != "answering":
            return self
        answer = self.answer
        if answer and answer.prose:
            answer = replace(answer, prose=replace(answer.prose, done=True))
        return replace(self, state="stopped", answer=answer)


def conversation(exchanges: Sequence[Exchange]) -> str:
    """The conversation, oldest first, as HTML."""
    return Markup("").join(exchange_html(exchange) for exchange in exchanges)


def exchange_html(exchange: Exchange) -> Markup:
    """One question with its answer, or with what became of it."""
    answer = exchange.answer
    parts: list[Markup] = []
    if answer and (searched := searched_instead(answer.question, answer.searched_for)):
        parts.append(_searched(searched))
    told = len(parts)
    if answer and answer.text:
        parts.append(_answered(exchange, answer))
    if exchange.state == "answering" and len(parts) == told:
        parts.append(Markup('<p class="progress">Reading the articles</p>'))
    elif exchange.state == "answered" and answer and not answer.found:
        parts.append(_not_found(answer))
    elif exchange.state == "stopped":
        parts.append(Markup('<p class="note">Stopped.</p>'))
    elif exchange.state == "failed":
        parts.append(Markup('<p class="problem" role="alert">{}</p>').format(words(exchange.problem)))
    spoken = ""
    if exchange.state == "answered" and answer:
        if answer.kind != "about":
            parts.append(_actions(answer))
        spoken = _spoken(answer)
    return Markup(
        '<article class="turn" data-state="{}" data-spoken="{}"><h2 class="question" dir="auto">{}</h2>{}</article>'
    ).format(exchange.state, words(spoken), words(exchange.question), _EMPTY.join(parts))


def _searched(searched: str) -> Markup:
    """What was searched for, and the button by which the words are asked as they were typed."""
    return Markup(
        '<p class="searched">Searched for: <span dir="auto">{}</span> '
        '<button type="button" class="verbatim">Search for my words instead</button></p>'
    ).format(words(searched))


def _answered(exchange: Exchange, answer: Answer) -> Markup:
    disagreeing = [(_numbered(answer, one), _numbered(answer, other)) for one, other in answer.conflicts]
    notes = _EMPTY.join(
        Markup('<p class="note">These sources disagree: {} and {}.</p>').format(_chip(one), _chip(other))
        for one, other in disagreeing
        if one and other
    )
    items = _EMPTY.join(
        Markup('<li><span class="number">{}</span> <button type="button" class="source" {}>{}</button>{}</li>').format(
            marks, _place(citation), words(citation.title), _described(citation)
        )
        for marks, citation in cited_articles(answer)
    )
    sources = Markup('<ol class="sources" aria-label="Sources">{}</ol>').format(items) if items else _EMPTY
    said = prose_html(answer.prose, lambda number: _numbered_chip(answer, number)) if answer.prose else _EMPTY
    beneath = notes + _notes(answer)
    return Markup('{}<div class="answer" dir="auto">{}</div>{}{}{}').format(
        said, _marked(exchange, answer), beneath, sources, _nearest(answer)
    )


def _numbered_chip(answer: Answer, number: int) -> Markup:
    cited = _numbered(answer, number)
    return _chip(cited) if cited else _EMPTY


def _marked(exchange: Exchange, answer: Answer) -> Markup:
    """The answer's text. Quotes are recognised whole, so that a [2] inside somebody's words never becomes a mark."""
    quotes = {" ".join(citation.quote.split()): citation for citation in answer.citations}
    longest_first = sorted((re.escape(quote) for quote in quotes if quote), key=len, reverse=True)
    pattern = "|".join([*longest_first, _MARK])
    short = " ".join(answer.short.split())
    parts: list[Markup] = []
    end = 0
    for found in re.finditer(pattern, answer.text):
        between = answer.text[end : found.start()]
        end = found.end()
        cited = _numbered(answer, int(found["number"])) if found["number"] else None
        parts.append(Markup("&nbsp;") if cited and between == " " else _labelled(between, answer))
        if found["number"] is None:
            language = (exchange.languages or {}).get(quotes[found[0]].article_id)
            parts.append(_quote(found[0], short, language))
            short = ""  # emphasised once
        else:
            parts.append(_chip(cited) if cited else words(found[0]))
    return _EMPTY.join([*parts, words(answer.text[end:])])


def _labelled(between: str, answer: Answer) -> Markup:
    """What stands between two quotes; the day or side that the next one is under stands out."""
    found = (
        None if answer.kind == "quotes" else re.fullmatch(r"(?P<before>(?:.*\n)?)(?P<label>.+): ", between, re.DOTALL)
    )
    if not found:
        return words(between)
    return words(found["before"]) + Markup('<span class="label">{}</span>').format(words(found["label"]))


def _notes(answer: Answer) -> Markup:
    return _EMPTY.join(Markup('<p class="note">{}</p>').format(words(note)) for note in noted(answer))


def _quote(quote: str, short: str, language: str | None) -> Markup:
    before, found, after = quote.partition(short) if short and short in quote else (quote, "", "")
    inner = words(before) + (Markup("<strong>{}</strong>").format(words(found)) if found else _EMPTY) + words(after)
    lang = Markup(' lang="{}"').format(words(language)) if language else _EMPTY
    return Markup('<span class="quote"{}>{}</span>').format(lang, inner)


def _chip(citation: Citation) -> Markup:
    label = f"Source {citation.number}: {source_line(citation)}"
    title = where(citation) or citation.title
    return Markup('<button type="button" class="chip" aria-label="{}" title="{}" {}>{}</button>').format(
        words(label), words(title), _place(citation), citation.number
    )


def _place(citation: Citation) -> Markup:
    """Where a quote stands, for the page's script, which compares the words before it marks them."""
    return Markup(
        'data-article="{}" data-version="{}" data-number="{}" data-start="{}" data-end="{}" data-quote="{}" '
        'data-title="{}"'
    ).format(
        citation.article_id,
        citation.version,
        citation.number,
        citation.start,
        citation.end,
        citation.quote,
        words(citation.title),
    )


def _described(citation: Citation) -> Markup:
    described = where(citation)
    unverified = Markup(' <span class="unverified">not verified</span>') if not citation.verified else _EMPTY
    return (
        (Markup(' <span class="byline">{}</span>').format(words(described)) if described else _EMPTY)
        + unverified
        + _EMPTY.join(
            Markup(' <span class="beside" dir="auto">{}</span>').format(words(line)) for line in beside(citation)
        )
    )


def _not_found(answer: Answer) -> Markup:
    return Markup('<p class="answer not-found">{}</p>{}{}').format(NOT_FOUND, _notes(answer), _nearest(answer))


def _nearest(answer: Answer) -> Markup:
    items = _EMPTY.join(
        Markup(
            '<li><button type="button" class="passage" {}><span class="passage-text" dir="auto">{}</span></button>'
            '<span class="byline">{}</span></li>'
        ).format(_place(citation), words(citation.quote), words(source_line(citation)))
        for citation in answer.nearest
    )
    note = nearest_note(answer.reason, found=answer.found)
    return Markup('<p class="note">{}</p><ul class="nearest">{}</ul>').format(note, items) if items else _EMPTY


def _actions(answer: Answer) -> Markup:
    return Markup('<p class="actions"><button type="button" class="copy" data-copy="{}">Copy{}</button></p>').format(
        words(plain(answer)), " with sources" if answer.citations else ""
    )


def _spoken(answer: Answer) -> str:
    """What a screen reader says, once, when the answer is there."""
    if not answer.found:
        return f"{NOT_FOUND} {len(answer.nearest)} nearest passages are listed." if answer.nearest else NOT_FOUND
    if answer.kind == "about":
        return answer.text
    count = len(cited_articles(answer))
    return f"Answer with {count} source{'' if count == 1 else 's'}: {re.sub(' ?' + _MARK, '', text_of(answer))}"


def _numbered(answer: Answer, number: int) -> Citation | None:
    return next((citation for citation in answer.citations if citation.number == number), None)
