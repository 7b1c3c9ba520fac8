"""Passages that a retriever ranks high for a question and that hold none of its answers."""

import re
import sqlite3
from collections.abc import Sequence

from ingest.words import search_form
from training.reader.data import Paragraph, Question

_STOP = frozenset(
    re.findall(
        r"\w+",
        """a an the and or of in on at to for from by with as is are was were be been being do does did has have had
        what which who whom whose when where why how that this these those it its he she they his her their i you we
        can could will would should may might not no than then there so if about into out up many much""",
    )
)


def hard_negatives(paragraphs: Sequence[Paragraph], questions: Sequence[Question], depth: int = 25) -> list[list[int]]:
    """For each question the numbers of up to `depth` paragraphs, best first by BM25, that hold none of its answers."""
    index = _index(paragraphs)
    lowered = [paragraph.text.lower() for paragraph in paragraphs]
    found = []
    for question in questions:
        answers = [answer.strip().lower() for answer in question.accepted]
        ranked = _search(index, question.text, depth * 2)
        clean = [n for n in ranked if n != question.paragraph and not any(a in lowered[n] for a in answers)]
        found.append(clean[:depth])
    index.close()
    return found


def _index(paragraphs: Sequence[Paragraph]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE passage USING fts5(text, tokenize='porter unicode61')")
    rows = ((n, search_form(f"{paragraph.title} {paragraph.text}")) for n, paragraph in enumerate(paragraphs))
    connection.executemany("INSERT INTO passage(rowid, text) VALUES (?, ?)", rows)
    return connection


def _search(index: sqlite3.Connection, question: str, limit: int) -> list[int]:
    words = [word for word in re.findall(r"\w+", search_form(question).lower()) if word not in _STOP]
    if not words:
        return []
    query = " OR ".join(f'"{word}"' for word in words)
    rows = index.execute("SELECT rowid FROM passage WHERE passage MATCH ? ORDER BY rank LIMIT ?", (query, limit))
    return [row[0] for row in rows]
