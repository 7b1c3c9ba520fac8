"""The corpus opened once, and a reader that needs no weights."""

import json
import re
import shutil
from pathlib import Path

import pytest

from ingest import Article, Hit, Library, Passage, sentences
from qa import Evidence

QUESTIONS = Path(__file__).parents[1] / "data" / "questions.jsonl"


class OverlapReader:
    """Scores a sentence by the share of the question's longer words that it holds."""

    threshold = 0.3
    fingerprint = "overlap"

    def read(self, question, hits):
        asked = {word for word in re.findall(r"\w+", question.casefold()) if len(word) > 3}
        found = []
        for hit in hits:
            for start, end in sentences(hit.passage.text, hit.article.language):
                held = asked & set(re.findall(r"\w+", hit.passage.text[start:end].casefold()))
                short = max(sorted(held), key=len, default="")  # not by the order of a set, which is another each run
                share = len(held) / max(len(asked), 1)
                found.append(Evidence(hit, hit.passage.start + start, hit.passage.start + end, short, share))
        return sorted(found, key=lambda evidence: -evidence.confidence)


@pytest.fixture
def reader():
    return OverlapReader()


@pytest.fixture(scope="session")
def corpus(corpus_library, tmp_path_factory):
    """The corpus library, open; not to be written to."""
    copy = shutil.copytree(corpus_library, tmp_path_factory.mktemp("qa") / "library")
    with Library.open(copy, purpose="testing") as library:
        yield library


@pytest.fixture(scope="session")
def questions():
    """Every question on the corpus, answerable or not."""
    return [json.loads(line)["question"] for line in QUESTIONS.read_text("utf-8").splitlines()]


@pytest.fixture
def evidence():
    """(text, confidence) -> that text as evidence, alone in an article of its own."""

    def make(text, confidence=0.9, article_id="an-article"):
        article = Article(article_id, "Title", text, f"/{article_id}.txt")
        passage = Passage(f"{article_id}:0", article_id, text, 0, len(text), 0)
        return Evidence(Hit(passage, article, 1.0, 1, 1, 0.5), 0, len(text), "", confidence)

    return make
