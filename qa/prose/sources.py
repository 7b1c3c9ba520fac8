"""What a chat model is given to cite, and the words of it that carry a claim."""

import re
from dataclasses import dataclass

from ingest.words import STOP_WORDS
from qa.prose.opposites import stem

# Words that report or frame; they claim little by themselves.
FRAME = {
    stem(word)
    for word in (
        "say said says state stated report reported reports tell told add added announce announced explain explained note noted "  # noqa: E501
        "accord according article articles source sources also paper confirm confirmed describe described plan plans "
        "planned expect expected make made take took get got go went come came give given put set use used new there "
        "mean means meant reason decision matter result call called include including part way thing people person "
        "time year day week month own want wanted need needed whole still already yet now later earlier "
        "must may might shall cannot rest remainder"
    ).split()
}


@dataclass(frozen=True, slots=True)
class Source:
    """A quote that may be cited, with what stands beside it in its article.

    Attributes:
        number: by which it is cited.
        quote: its words.
        before, after: the sentences beside it; may be empty.
        about: title and publisher of its article.
        published: ISO date of the article, where known.
        language: of the article, where known.
    """

    number: int
    quote: str
    before: str = ""
    after: str = ""
    about: str = ""
    published: str | None = None
    language: str | None = None

    @property
    def wide(self) -> str:
        """All that its facts may stand in."""
        return " ".join(filter(None, (self.before, self.quote, self.after, self.about)))


def words_of(text: str) -> dict[str, str]:
    """The words that carry a claim, by their stems; neither numbers nor what only reports."""
    found: dict[str, str] = {}
    for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", re.sub(r"[’']s?\b", " ", text.lower())):
        for part in word.split("-"):
            if part not in STOP_WORDS and len(part) > 1 and ((key := stem(part)) not in FRAME or _does(part)):
                found.setdefault(key, part)
    return found


def _does(word: str) -> bool:
    """Whether a word names who does what a word of the frame says: an owner, a maker."""
    return word.endswith(("er", "ers")) and word.removesuffix("s") not in (
        "later",
        "earlier",
        "newer",
        "paper",
        "remainder",
    )


def stands(key: str, held: dict[str, str]) -> bool:
    """Whether a stem is among others, endings that the stemmer does not know aside."""
    return (
        key in held
        or (key.startswith("un") and key[2:] in held)
        or (len(key) >= 5 and any(other[:5] == key[:5] for other in held))
    )
