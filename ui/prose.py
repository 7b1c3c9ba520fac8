"""A chat model's prose as HTML: its sentences with their chips, and what was left out of it."""

from collections.abc import Callable

from markupsafe import Markup

from qa import Prose, Sentence
from ui.wording import prose_notes, words, written_by

_EMPTY = Markup("")


def prose_html(prose: Prose, chip: Callable[[int], Markup]) -> Markup:
    """The prose as it may be shown, above the quotes.

    Args:
        prose: as far as it has come.
        chip: the button of a citation, by its number.
    """
    strike = prose.strict == "strike"
    shown = [_sentence(sentence, chip) for sentence in prose.sentences if strike or sentence.verdict == "supported"]
    parts = [Markup('<div class="prose" dir="auto">{}</div>').format(Markup(" ").join(shown)) if shown else _EMPTY]
    if not prose.done:
        parts.append(Markup('<p class="progress">Writing</p>'))
        return _EMPTY.join(parts)
    notes = prose_notes(prose)
    if prose.withheld and not strike:
        items = _EMPTY.join(
            Markup("<li>{} <span>{}</span></li>").format(words(sentence.text), words(sentence.why))
            for sentence in prose.withheld
        )
        parts.append(
            Markup('<details class="withheld"><summary>{}</summary><ul dir="auto">{}</ul></details>').format(
                words(notes.pop(0)), items
            )
        )
    parts.extend(Markup('<p class="note">{}</p>').format(words(note)) for note in notes)
    if shown:
        parts.append(Markup('<p class="byline">{}</p>').format(words(written_by(prose))))
    return _EMPTY.join(parts)


def _sentence(sentence: Sentence, chip: Callable[[int], Markup]) -> Markup:
    marks = _EMPTY.join(Markup("\u00a0{}").format(chip(number)) for number in sentence.citations)
    if sentence.verdict == "supported":
        return words(sentence.text) + marks
    return Markup('<del title="{}">{}</del>').format(words(sentence.why), words(sentence.text))
