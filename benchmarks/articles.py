"""Make articles to measure with: about 3,000 characters each, from sentences of the corpus, no two alike.

    python benchmarks/articles.py FOLDER
    python benchmarks/articles.py FOLDER --articles 5000 --seed 7

Every second one is a .txt file, the others are lines of .jsonl files, 50 in each. The same number and seed give the
same files. Prints how many articles were written, and their characters.
"""

import argparse
import itertools
import json
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))  # before this folder, which has an `ingest` of its own

from benchmarks.tables import console, save
from ingest import Article, sentences
from ingest.readers import read

CORPUS = Path(__file__).parents[1] / "corpus"
LENGTH = 3_000  # characters
PARAGRAPH = 4  # sentences
LINES = 50  # articles in a .jsonl file


class Made(NamedTuple):
    """An article before it is written."""

    number: int
    title: str
    published: str
    text: str


def make(count: int, seed: int = 0) -> Iterator[Made]:
    """Yield so many articles, each of sentences drawn from the corpus in an order of its own."""
    chance = random.Random(seed)
    articles = english()
    pool = [article.text[start:end] for article in articles for start, end in sentences(article.text, "en")]
    pool = [sentence for sentence in dict.fromkeys(pool) if 40 <= len(sentence) <= 400 and "|" not in sentence]
    for number in range(1, count + 1):
        drawn = chance.sample(pool, len(pool))
        ends = itertools.accumulate(len(sentence) + 1 for sentence in drawn)
        used = next(place for place, end in enumerate(ends, start=1) if end >= LENGTH)
        published = f"2024-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        title = f"{chance.choice(articles).title} ({number})"
        yield Made(number, title, published, in_paragraphs(drawn[:used]))


def english() -> list[Article]:
    """The corpus's articles in English, by file."""
    found = [article for path in sorted(CORPUS.rglob("*.*")) for article in read(path) if isinstance(article, Article)]
    return [article for article in found if article.language in (None, "en")]


def in_paragraphs(text: Sequence[str]) -> str:
    """Sentences as one text, an empty line between paragraphs."""
    return "\n\n".join(" ".join(text[start : start + PARAGRAPH]) for start in range(0, len(text), PARAGRAPH))


def write(folder: Path, made: Sequence[Made]) -> None:
    """Write articles into a folder, half of them as .txt, half as lines of .jsonl."""
    folder.mkdir(parents=True, exist_ok=True)
    for article in made[::2]:
        (folder / f"{article.number:06}.txt").write_text(f"{article.title}\n\n{article.text}\n", "utf-8")
    lines = [
        json.dumps({"title": one.title, "publisher": "Benchmark", "published": one.published, "text": one.text})
        for one in made[1::2]
    ]
    for start in range(0, len(lines), LINES):
        path = folder / f"{made[1::2][start].number:06}.jsonl"
        path.write_text("\n".join(lines[start : start + LINES]) + "\n", "utf-8")


def main() -> None:
    """Parse the command line and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where to write")
    parser.add_argument("--articles", type=int, default=1000, metavar="N", help="how many (1000)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other articles (0)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    options = parser.parse_args()
    made = list(make(options.articles, options.seed))
    write(options.folder, made)
    characters = sum(len(article.text) for article in made)
    console.print(f"{len(made):,} articles, {characters:,} characters, in {options.folder}")
    save(options.json, {"articles": len(made), "characters": characters})


if __name__ == "__main__":
    main()
