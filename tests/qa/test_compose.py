"""Choosing sentences: none said twice, and no disagreement swallowed."""

from dataclasses import replace

from qa import compose


def test_copies_of_an_agency_story_are_one_quote(evidence):
    copies = [evidence("The river burst its banks at 2 a.m. on Sunday.", 0.9, f"paper-{n}") for n in range(3)]
    near = evidence("The river burst its banks at 2 a.m. on Sunday, officials said.", 0.8, "paper-4")
    assert len(compose.choose([*copies, near], 0.3)) == 1


def test_sentences_that_differ_in_a_number_are_not_one_quote(evidence):
    """The courier counts 1,200 and the gazette 3,000: dropping one would hide that they disagree."""
    one = evidence("Some 1,200 people marched through Thornby on Saturday to save the ward.", 0.9, "courier")
    other = evidence("Some 3,000 people marched through Thornby on Saturday to save the ward.", 0.8, "gazette")
    assert compose.choose([one, other], 0.3) == [one, other]


def test_a_denial_is_not_the_same_as_the_claim(evidence):
    one = evidence("The council has decided to close the ward of Thornby this year.", 0.9, "courier")
    other = evidence("The council has not decided to close the ward of Thornby this year.", 0.8, "gazette")
    assert compose.choose([one, other], 0.3) == [one, other]


def test_nothing_is_chosen_below_the_threshold(evidence):
    assert compose.choose([evidence("Perhaps so.", 0.29)], 0.3) == []
    assert len(compose.choose([evidence("Surely so.", 0.3)], 0.3)) == 1
    assert compose.choose([], 0.3) == []


def test_no_more_than_three_are_chosen_best_first(evidence):
    words = ["alpha beta", "gamma delta", "epsilon zeta", "eta theta", "iota kappa"]
    found = [evidence(text, 0.9 - n / 100, f"a{n}") for n, text in enumerate(words)]
    assert compose.choose(found, 0.3) == found[:3]


def test_a_weak_sentence_does_not_ride_on_a_strong_one(evidence):
    strong, weak = evidence("alpha beta", 0.9, "a"), evidence("gamma delta", 0.01, "b")
    assert compose.choose([strong, weak], 0.1) == [strong]


def parts(evidence, text, *wanted, article_id="a"):
    """Sentences of one article as evidence, best first."""
    whole = evidence(text, article_id=article_id)
    return [
        replace(
            whole, start=text.index(part), end=text.index(part) + len(part), short=part[:5], confidence=0.9 - n / 100
        )
        for n, part in enumerate(wanted)
    ]


TOLD = "The bridge fell at noon. A barge had struck its pier. Nobody was on it.\n\nThe barge was towed to Thornby."


def test_a_likely_sentence_beside_the_best_is_quoted_with_it(evidence):
    found = parts(evidence, TOLD, "A barge had struck its pier.", "The bridge fell at noon.")
    (quote,) = compose.choose(found, 0.3)
    assert quote.quote == "The bridge fell at noon. A barge had struck its pier."
    assert (quote.short, quote.confidence) == ("A bar", 0.9)  # the best sentence's


def test_no_more_than_two_sentences_are_one_quote(evidence):
    found = parts(evidence, TOLD, "A barge had struck its pier.", "The bridge fell at noon.", "Nobody was on it.")
    first, second = compose.choose(found, 0.3)
    assert first.quote == "The bridge fell at noon. A barge had struck its pier."
    assert second.quote == "Nobody was on it."


def test_sentences_of_two_paragraphs_stay_two_quotes(evidence):
    found = parts(evidence, TOLD, "Nobody was on it.", "The barge was towed to Thornby.")
    assert compose.choose(found, 0.3) == found


def test_a_sentence_that_takes_along_the_one_before_is_not_quoted_beside_it(evidence):
    found = parts(evidence, TOLD, "A barge had struck its pier.", "A barge had struck its pier. Nobody was on it.")
    assert [quote.quote for quote in compose.choose(found, 0.3)] == ["A barge had struck its pier. Nobody was on it."]


def test_a_copy_of_one_sentence_of_a_quote_is_not_another_quote(evidence):
    found = parts(evidence, TOLD, "A barge had struck its pier.", "The bridge fell at noon.")
    copy = evidence("The bridge fell at noon.", 0.5, "copy")
    assert len(compose.choose([*found, copy], 0.3)) == 1


def test_a_joined_quote_leaves_room_for_another(evidence):
    words = [evidence(text, 0.8 - n / 100, f"b{n}") for n, text in enumerate(["alpha beta", "gamma delta"])]
    best, beside = parts(evidence, TOLD, "A barge had struck its pier.", "The bridge fell at noon.")
    late = replace(beside, confidence=0.5)
    assert len(compose.choose([best, *words, late], 0.3)) == 3
    assert compose.choose([best, *words, late], 0.3)[0].quote.startswith("The bridge fell")


def test_nearest_shows_each_passage_once(evidence):
    same = evidence("alpha beta gamma", 0.2, "a")
    again = evidence("wholly other words", 0.1, "a")
    other = evidence("yet another thing", 0.1, "b")
    assert compose.nearest([same, again, other]) == [same, other]
