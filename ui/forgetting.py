"""What `citewire forget` does: the article, what readers said that quotes it, and the file that it was uploaded in."""

from dataclasses import dataclass, replace

from ingest import Library, Receipt, load_encoder
from qa import Settings
from ui.feedback import Feedback, beside
from ui.uploads import discard


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
        uploaded = discard(receipt.article.source, beside(settings.library, "uploads"), opened)
    opinions = Feedback(beside(settings.library, "feedback.jsonl")).forget([one.text for one in receipt.editions])
    if uploaded:
        receipt = replace(receipt, again=())
    return Forgotten(receipt, opinions, uploaded)
