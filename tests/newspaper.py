"""Articles made for tests, deterministically: small, all different, each with a word that no other one has."""

import random
from pathlib import Path

from ingest import Article

_SYLLABLES = "ba ce di fo gu ka le mi no pu ra se ti vo wu za bel cor dan fen gil hol jun kel lom mar nor pel".split()


def words(seed, count):
    """Invented words."""
    chance = random.Random(seed)
    return ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(count)]


def marker(number):
    """The word that stands in this article only."""
    return f"marker{number}x"


def story(number, edition=0, sentences=30):
    """The text of an article: whole sentences, three to a paragraph."""
    chance = random.Random(number * 1000 + edition)
    vocabulary = words(number % 7, 300)
    lines = []
    for line in range(sentences):
        sentence = chance.choices(vocabulary, k=chance.randint(8, 16))
        if line % 5 == 0:
            sentence.insert(3, marker(number))
        lines.append(" ".join(sentence).capitalize() + f" in edition {edition}.")
    return "\n\n".join(" ".join(lines[start : start + 3]) for start in range(0, sentences, 3))


def article(number, edition=0, **fields):
    """An Article that no file stands behind."""
    values = {"title": f"Story {number}", "text": story(number, edition), "source": f"/nowhere/{number}.txt"}
    return Article(f"story-{number}", **(values | fields))


def print_newspaper(folder: Path, numbers, edition=0, sentences=30):
    """Write stories as plain text files, and say where."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in numbers:
        path = folder / f"story-{number:03}.txt"
        path.write_text(f"Story {number}\n\n{story(number, edition, sentences)}\n", "utf-8")
        paths.append(path)
    return paths


class Nearest(tuple[str, ...]):
    """The ten nearest, best first; equal to ten others that share all but one.

    Chroma's graph is approximate, and another one each time that it is made: now and then it misses a neighbour.
    """

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Nearest) and len(set(self) & set(other)) >= max(len(self), len(other)) - 1


def rankings(library, question):
    """Both rankings of a search: all that words find, exactly, and the ten nearest vectors."""
    hits = library.search(question, 100)
    by_words = sorted((hit.word_rank, hit.passage.id) for hit in hits if hit.word_rank is not None)
    by_vectors = sorted((hit.vector_rank, hit.passage.id) for hit in hits if hit.vector_rank is not None)
    return by_words, Nearest(name for _, name in by_vectors[:10])
