"""Correction notices: found where an article owns up, and nowhere else."""

import pytest

from ingest.corrections import notices


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "It cost 4 million.\n\nAn earlier version of this article said 12 people were hurt. In fact, it was 21. "
            "The mayor spoke.",
            ["An earlier version of this article said 12 people were hurt. In fact, it was 21."],
        ),
        ("Correction: It cost 4.1 million, not 3.1.\n\nThe text.", ["Correction: It cost 4.1 million, not 3.1."]),
        ("CORRECTION (14 March 2024): It cost 4.1 million.", ["CORRECTION (14 March 2024): It cost 4.1 million."]),
        ("Correction, March 3, 2024: It cost 4.1 million.", ["Correction, March 3, 2024: It cost 4.1 million."]),
        (
            "The text.\n\nThis article was amended on 14 March 2024. An earlier version gave 3 million.",
            ["This article was amended on 14 March 2024. An earlier version gave 3 million."],
        ),
        ("• This story has been corrected to give the cost.", ["• This story has been corrected to give the cost."]),
        ("Editor’s note: This page has been updated.", ["Editor’s note: This page has been updated."]),
        ("The text. This report originally gave 3 million.", ["This report originally gave 3 million."]),
        ("Correction: One.\n\nText.\n\nClarification: Two.", ["Correction: One.", "Clarification: Two."]),
    ],
)
def test_a_notice_is_found_whole(text, found):
    assert [text[start:end] for start, end in notices(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The correction: markets fell by a tenth. He corrected the story.",
        "The minister presented an earlier version of this bill.",
        "The article was amended by parliament in March.",
        "She read this article and was updated by telephone.",
        "The story of the previous version is told elsewhere.",
    ],
)
def test_what_is_no_notice_is_not_taken_for_one(text):
    assert notices(text) == ()


def test_a_notice_ends_before_the_article_goes_on():
    text = "Correction: It cost 4.1 million. " + "The mistake was corrected. " * 9 + "The bridge is old."
    ((start, end),) = notices(text)
    assert (start, text[start:end].count(".")) == (0, 4)
