"""What the library holds, in a line."""

from collections.abc import Iterable

from ui.wording import day, words


def holdings(count: int, published: Iterable[str | None]) -> str:
    """What the library holds, as HTML: "44 articles, 18 Feb 2024 to 27 May 2024".

    Args:
        count: how many articles.
        published: their dates, in any order.
    """
    dates = sorted(moment[:10] for moment in published if moment)
    span = ""
    if dates:
        span = f", {day(dates[0])}" + (f" to {day(dates[-1])}" if dates[-1] != dates[0] else "")
    return words(f"{count:,} article{'' if count == 1 else 's'}{span}")
