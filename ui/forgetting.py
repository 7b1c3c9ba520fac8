"""What `citewire forget` does: the article, what readers said that quotes it, and the file that it was uploaded in."""

from dataclasses import dataclass, replace

from ingest import Library, Receipt, load_encoder, source_file
from qa import Settings
from ui.feedback import Feedback, beside


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What went.

    Attributes:
        receipt: of the library.
        opinions: how many of the kept opinions quoted the article, and were removed.
        uploaded: the file that it alone was uploaded in was removed.
    """

    receipt: Receipt
    opinions: int
    uploaded: bool


def forget_once(settings: Settings, name: str) -> Forgotten:
    """Open the library, forget one article, and close it.

    Args:
        name: the article's id, or the source that it was read from.

    Raises:
        CitewireError: as `Library.open` and `Library.forget` say; FeedbackError where opinions cannot be removed.
    """
    with Library.open(settings.library, load_encoder(settings.encoder), purpose="forgetting an article") as opened:
        receipt = opened.forget(name)
        others = {source_file(source) for source in opened.known()}
    opinions = Feedback(beside(settings.library, "feedback.jsonl")).forget([one.text for one in receipt.editions])
    file = source_file(receipt.article.source)
    uploaded = file.parent == beside(settings.library, "uploads") and file.exists() and file not in others
    if uploaded:
        file.unlink()
        receipt = replace(receipt, again=())
    return Forgotten(receipt, opinions, uploaded)
