"""How well sentences of a chat model are told apart: borne out by the quotes that they cite, or not.

200 faithful and 200 unfaithful sentences over the corpus: those of tests/data/claims.jsonl, written by hand, and for
the rest sentences of the corpus put through the changes below, the same ones for the same seed. Then those of
tests/data/claims_by_part.jsonl, all written by hand: by some the check was mended (`tuned`), the others (`unseen`) were
written before the check was looked at, and kept for one measurement at the end.

    python -m benchmarks.claims [--seed 11] [--show] [--part generated] [--part tuned] [--part unseen]
"""

import argparse
import json
import random
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.tables import show
from ingest import Article, Library, sentences, sync
from qa.answer import Sentence
from qa.prose.claims import Checker
from qa.prose.particulars import names
from qa.prose.sources import Source
from qa.prose.writer import beside

ROOT = Path(__file__).parents[1]
WRITTEN = ROOT / "tests" / "data" / "claims.jsonl"
BY_PART = ROOT / "tests" / "data" / "claims_by_part.jsonl"
PARTS = ("tuned", "unseen")
SIZE = 200  # of each
SEED = 11


class Claim(NamedTuple):
    """A sentence, the quotes that it cites, and whether they bear it out."""

    text: str
    sources: tuple[Source, ...]
    faithful: bool
    kind: str


class Place(NamedTuple):
    """A sentence of an article."""

    article: Article
    start: int
    end: int

    @property
    def text(self) -> str:
        """Its words on one line."""
        return " ".join(self.article.text[self.start : self.end].split())

    def source(self, number: int = 1) -> Source:
        """As something that can be cited."""
        article = self.article
        before, after = beside(article.text, self.start, self.end, article.language)
        about = " ".join(filter(None, (article.title, article.publisher)))
        return Source(number, self.text, before, after, about, article.published, article.language)


def claims(articles: Sequence[Article], seed: int = SEED) -> list[Claim]:
    """The faithful ones, then the unfaithful ones; SIZE of each."""
    english = sorted((article for article in articles if article.language in (None, "en")), key=lambda a: a.title)
    places = [
        Place(article, start, end)
        for article in english
        for start, end in sentences(article.text, article.language)
        if 60 <= end - start <= 240 and article.text[end - 1] == "." and "“" not in article.text[start:end]
    ]
    chance = random.Random(seed)
    chance.shuffle(places)
    written = [claim for _, claim in _written(WRITTEN, articles)]
    made: list[Claim] = []
    for faithful, changes in ((True, FAITHFUL), (False, UNFAITHFUL)):
        chosen = [claim for claim in written if claim.faithful is faithful]
        waiting = [(name, change, iter(places)) for name, change in changes.items()]
        while len(chosen) < SIZE:  # one of each kind in turn, as long as there are sentences for it
            name, change, left = waiting.pop(0)
            changed = ((place, change(place, places, chance)) for place in left)
            fitting = next(
                (claim for place, claim in changed if claim and (claim[0] != place.text or change is _elsewhere)), None
            )
            if fitting:
                chosen.append(Claim(*fitting, faithful, name))
                waiting.append((name, change, left))
        made.extend(chosen)
    return made


def claims_of(part: str, articles: Sequence[Article]) -> list[Claim]:
    """Those written by hand for one part: "tuned" or "unseen"."""
    return [claim for kept_for, claim in _written(BY_PART, articles) if kept_for == part]


def _written(path: Path, articles: Sequence[Article]) -> Iterator[tuple[str, Claim]]:
    """Each claim of a file, after the part that it is kept for."""
    known = {article.title: article for article in articles}
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        sources = []
        for number, cited in enumerate(row["cites"], start=1):
            article = known[cited["article"]]
            found = re.search(r"\s+".join(map(re.escape, cited["quote"].split())), article.text)
            if not found:
                raise ValueError(f"{cited['article']} does not say: {cited['quote']}")
            sources.append(Place(article, *found.span()).source(number))
        yield row.get("part", ""), Claim(row["claim"], tuple(sources), row["faithful"], f"{row['kind']}, by hand")


Change = Callable[[Place, Sequence[Place], random.Random], tuple[str, tuple[Source, ...]] | None]

_SYNONYMS = {
    "said": "stated", "began": "started", "bought": "purchased", "large": "big", "wants": "wishes", "because": "since",
    "children": "youngsters", "about": "around", "help": "assist", "show": "demonstrate", "people": "residents",
    "built": "constructed", "must": "has to", "may": "might", "got": "received", "per cent": "percent", "town": "city",
    "asked": "requested", "house": "home", "houses": "homes", "while": "whereas", "ship": "vessel", "boat": "vessel",
    "road": "street", "money": "funds", "whole": "entire", "nearly": "almost", "used": "employed", "near": "close to",
    "repair": "fix", "decided": "resolved", "work": "labour", "hopes": "expects", "need": "require", "now": "today",
}  # fmt: skip


def _reported(place: Place, _: Sequence[Place], chance: random.Random) -> tuple[str, tuple[Source, ...]]:
    lead = chance.choice(["According to the article, {}", "The article says that {}", "It is reported that {}"])
    return lead.format(_lowered(place.text)), (place.source(),)


def _shortened(place: Place, _: Sequence[Place], __: random.Random) -> tuple[str, tuple[Source, ...]] | None:
    cut = re.sub(r",\s(?:which|who|where|as|so that|with|and|but|for)\b[^.]*\.$", ".", place.text)
    cut = re.sub(r"\s\([^)]*\)", "", cut)
    return (cut, (place.source(),)) if len(cut) > 30 else None


def _reordered(place: Place, _: Sequence[Place], __: random.Random) -> tuple[str, tuple[Source, ...]] | None:
    found = re.fullmatch(r"((?:In|On|At|By|After|Since|Before|From|For|With|Because) [^,]{4,60}), (.+)\.", place.text)
    if not found:
        return None
    return f"{found[2][0].upper()}{found[2][1:]}, {found[1][0].lower()}{found[1][1:]}.", (place.source(),)


def _synonyms(place: Place, _: Sequence[Place], __: random.Random) -> tuple[str, tuple[Source, ...]]:
    pattern = rf"\b(?:{'|'.join(map(re.escape, _SYNONYMS))})\b"
    return re.sub(pattern, lambda found: _SYNONYMS[found[0]], place.text), (place.source(),)


def _merged(place: Place, places: Sequence[Place], chance: random.Random) -> tuple[str, tuple[Source, ...]] | None:
    other = chance.choice(places)
    joined = f"{place.text[:-1]}, and {_lowered(other.text)}"
    return (joined, (place.source(1), other.source(2))) if other != place and len(joined) < 320 else None


def _number(place: Place, _: Sequence[Place], chance: random.Random) -> tuple[str, tuple[Source, ...]] | None:
    found = re.findall(r"(?<![\w.,])\d+(?![\w.,]*\d)", place.text)
    if not found:
        return None
    old = chance.choice(found)
    new = str(int(old) + chance.choice([1, 2, 3, 7, 10, -1 if int(old) > 1 else 4]))
    return re.sub(rf"(?<![\w.,]){old}(?![\w.,]*\d)", new, place.text, count=1), (place.source(),)


def _name(place: Place, places: Sequence[Place], chance: random.Random) -> tuple[str, tuple[Source, ...]] | None:
    own = [name for name in names(place.text) if not name.first and not name.key.startswith("month ")]
    near = [other for other in places if other.article.id == place.article.id] if chance.random() < 0.5 else places
    pool = [
        other.text[name.start :].split()[0].strip(",.;:’'s")
        for other in near
        for name in names(other.text)
        if not name.first and name.key not in place.text.lower() and not name.key.startswith("month ")
    ]
    if not own or not pool:
        return None
    old = chance.choice(own)
    word = re.match(r"[\w-]+", place.text[old.start :])
    if not word:
        return None
    return place.text[: old.start] + chance.choice(pool) + place.text[old.start + word.end() :], (place.source(),)


def _negated(place: Place, _: Sequence[Place], __: random.Random) -> tuple[str, tuple[Source, ...]] | None:
    if re.search(r"\b(?:not|no|never|nobody|none|nothing)\b|n[’']t", place.text):
        bare = re.sub(r"\b(?:not|never) ", "", place.text, count=1)
        return (bare, (place.source(),)) if bare != place.text else None
    denied = re.sub(
        r"\b(is|are|was|were|will|would|can|could|should|has|have|had|may)\b", r"\1 not", place.text, count=1
    )
    return (denied, (place.source(),)) if denied != place.text else None


def _elsewhere(place: Place, places: Sequence[Place], chance: random.Random) -> tuple[str, tuple[Source, ...]] | None:
    near = chance.random() < 0.5
    fitting = [
        other
        for other in places
        if (other.article.id == place.article.id) is near and abs(other.start - place.start) > 600
    ]
    return (place.text, (chance.choice(fitting).source(),)) if fitting else None


def _half(place: Place, places: Sequence[Place], chance: random.Random) -> tuple[str, tuple[Source, ...]] | None:
    other = chance.choice([other for other in places if other.article.id != place.article.id])
    joined = f"{place.text[:-1]}, and {_lowered(other.text)}"
    return (joined, (place.source(),)) if len(joined) < 320 else None


FAITHFUL: dict[str, Change] = {
    "reported": _reported,
    "shortened": _shortened,
    "reordered": _reordered,
    "synonym": _synonyms,
    "merged": _merged,
}
UNFAITHFUL: dict[str, Change] = {
    "number": _number,
    "name": _name,
    "negated": _negated,
    "other quote": _elsewhere,
    "half": _half,
}


def _lowered(text: str) -> str:
    """A sentence for the middle of another: its first letter small where it begins no name."""
    word = text.split(maxsplit=1)[0]
    begins_name = any(name.start == 0 for name in names(f"{text}")) or word == "I"
    return text if begins_name else text[0].lower() + text[1:]


def judged(checker: Checker, claim: Claim) -> Sentence:
    """The claim with its verdict."""
    return checker.check(claim.text, [source.number for source in claim.sources], claim.sources)


def right(claim: Claim, sentence: Sentence) -> bool:
    """Whether the verdict is the right one."""
    return (sentence.verdict == "supported") is claim.faithful


def main() -> None:
    """Print how many of each kind are told right; with --show, those that are not."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seed", type=int, default=SEED)
    arguments.add_argument("--show", action="store_true", help="print those that are told wrong, too")
    arguments.add_argument("--part", action="append", choices=("generated", *PARTS), help="only these (all)")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "library", create=True) as library:
        sync([ROOT / "corpus"], library)
        articles = [library.article(entry.id) for entry in library.entries()]
        checker = Checker(library.encoder)
        for part in given.part or ("generated", *PARTS):
            made = claims(articles, given.seed) if part == "generated" else claims_of(part, articles)
            verdicts = [(claim, judged(checker, claim)) for claim in made]
            if given.show:
                _show_wrong(checker, verdicts)
            _show_shares(f"Claims, {part}", verdicts)


def _show_wrong(checker: Checker, verdicts: Sequence[tuple[Claim, Sentence]]) -> None:
    for claim, sentence in verdicts:
        if not right(claim, sentence):
            print(f"{claim.kind}: {claim.text}\n    {' / '.join(source.quote for source in claim.sources)}")
            print(f"    {sentence.why} {checker.measure(claim.text, claim.sources)}")


def _show_shares(title: str, verdicts: Sequence[tuple[Claim, Sentence]]) -> None:
    rows = []
    for faithful, name in ((True, "faithful"), (False, "unfaithful")):
        for kind in [*sorted({claim.kind for claim, _ in verdicts if claim.faithful is faithful}), ""]:
            told = [right(c, s) for c, s in verdicts if c.faithful is faithful and kind in ("", c.kind)]
            rows.append([name, kind or "all", len(told), f"{sum(told)}", f"{sum(told) / len(told):.1%}"])
    show(title, ["claims", "kind", "how many", "told right", "share"], rows)


if __name__ == "__main__":
    main()
