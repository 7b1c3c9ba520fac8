"""Answers as plain text and Markdown, and the words about them that every page shows. What comes in may be hostile."""

import re
from datetime import date
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from ingest import Copy
from qa import Answer, Citation, Prose
from ui.refusal import NOT_FOUND, nearest_note

# Control characters and marks that would reorder or hide the words around them. Tab and newline stay.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~$-])")


def words(text: object) -> Markup:
    """Any text, safe between tags and in quoted attributes; unseen control and direction marks are left out."""
    return escape(_UNSEEN.sub("", str(text)))


def safe_url(url: str | None) -> str | None:
    """The address if it may become a link: absolute, http or https. Otherwise None."""
    if not url or _UNSEEN.search(url) or any(character.isspace() for character in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme.lower() in ("http", "https") and parts.hostname else None


def day(published: str | None) -> str:
    """An ISO date (or date and time) for people: "13 Mar 2019". What is no ISO date stays as it is; None is empty."""
    try:
        found = date.fromisoformat((published or "")[:10])
    except ValueError:
        return published or ""
    return f"{found.day} {found:%b %Y}"


def byline(cited: Citation | Copy) -> str:
    """Publisher and dates as far as they are known: "Aldwyn Courier, 4 Mar 2024, updated on 6 Mar 2024"."""
    updated = f"updated on {day(cited.updated)}" if isinstance(cited, Citation) and cited.updated else ""
    return ", ".join(part for part in (cited.publisher, day(cited.published), updated) if part)


def source_line(citation: Citation) -> str:
    """Title, publisher, date and page: "Flood bill put at 4.1 million, Aldwyn Courier, 21 Feb 2024"."""
    return ", ".join(part for part in (citation.title, where(citation)) if part)


def where(citation: Citation) -> str:
    """Publisher, dates and page, as far as they are known: "Harbour Board, 4 Mar 2024, page 4"."""
    page = f"page {citation.page}" if citation.page else ""
    return ", ".join(part for part in (byline(citation), page) if part)


def also_line(citation: Citation) -> str:
    """Where the same story stands too, the earliest first: "Also in: Aldwyn Courier, 4 Mar 2024; Gazette". Or empty."""
    others = [byline(copy) or copy.title for copy in citation.also]
    return f"Also in: {'; '.join(others)}" if others else ""


def beside(citation: Citation) -> list[str]:
    """What must be said with a source: who else prints it, and what it corrects."""
    return [line for line in (also_line(citation), *(citation.correction or "").splitlines()) if line]


def noted(answer: Answer) -> list[str]:
    """An answer's notes as sentences."""
    return [f"{note[:1].upper()}{note[1:]}." for note in answer.notes]


def prose_notes(prose: Prose) -> list[str]:
    """What must be said with a model's prose: what was left out of it and why there is no more of it."""
    notes = []
    if count := len(prose.withheld):
        what = "struck" if prose.strict == "strike" else "withheld"
        were = "sentence was" if count == 1 else "sentences were"
        it = "it" if count == 1 else "them"
        notes.append(f"{count} {were} {what} because the articles do not support {it}.")
    if prose.declined:
        notes.append("The model finds no answer in these sentences; they come nearest.")
    if prose.problem:
        notes.append(prose.problem)
    return notes


def written_by(prose: Prose) -> str:
    """Who wrote the prose, and for how many tokens."""
    return f"Written by {prose.model} from the quotes, and checked against them. {prose.tokens:,} tokens."


def text_of(answer: Answer) -> str:
    """What is said first: the model's prose where some of it holds, else the quotes."""
    return (answer.prose and answer.prose.text) or answer.text


def plain(answer: Answer) -> str:
    """The answer as text, its sources below, one a line."""
    nearest = [f"- {citation.quote} ({source_line(citation)})" for citation in answer.nearest]
    near = ["", nearest_note(answer.reason, found=answer.found), *nearest] if nearest else []
    if not answer.found:
        lines = [NOT_FOUND, *noted(answer), *near]
    else:
        sources = [
            "\n    ".join([f"{marks} {source_line(citation)}" + (f", {url}" if url else ""), *beside(citation)])
            for marks, citation in cited_articles(answer)
            for url in [safe_url(citation.url)]
        ]
        notes = [*(prose_notes(answer.prose) if answer.prose else []), *noted(answer)]
        quotes = ["", answer.text] if answer.prose and answer.prose.text else []
        lines = [text_of(answer), *notes, *quotes, *(["", *sources] if sources else []), *near]
    return _UNSEEN.sub("", "\n".join(lines))


def markdown(answer: Answer) -> str:
    """The answer as Markdown with its sources as a list; the articles' own words cannot become markup."""
    nearest = [f"- {_literal(citation.quote)} ({_literal(source_line(citation))})" for citation in answer.nearest]
    near = ["", nearest_note(answer.reason, found=answer.found), "", *nearest] if nearest else []
    if not answer.found:
        notes = [line for note in noted(answer) for line in ("", _literal(note))]
        return "\n".join([NOT_FOUND, *notes, *near])
    sources = [
        "\n  - ".join([f"- {_literal(marks)} {_linked(citation)}", *map(_literal, beside(citation))])
        for marks, citation in cited_articles(answer)
    ]
    said = [*(prose_notes(answer.prose) if answer.prose else []), *noted(answer)]
    notes = [line for note in said for line in ("", _literal(note))]
    return "\n".join([markdown_text(answer), *notes, *(["", *sources] if sources else []), *near])


def markdown_text(answer: Answer) -> str:
    """The answer's sentences as Markdown, without their sources."""
    return _literal(text_of(answer)).replace("\n", "\n\n")


def _linked(citation: Citation) -> str:
    line = _literal(source_line(citation))
    url = safe_url(citation.url)
    return f"[{line}](<{url}>)" if url and not set("<>\\") & set(url) else line


def _literal(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", _UNSEEN.sub("", text)).replace("&", "&amp;")


def cited_articles(answer: Answer) -> list[tuple[str, Citation]]:
    """Each cited article once: the marks that point to it, "[1] [3]", and the first of its citations."""
    articles: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        articles.setdefault(citation.article_id, []).append(citation)
    return [(" ".join(f"[{citation.number}]" for citation in cited), cited[0]) for cited in articles.values()]
