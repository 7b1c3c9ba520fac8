"""Choosing sentences: none said twice, and no disagreement swallowed."""

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


def test_nearest_shows_each_passage_once(evidence):
    same = evidence("alpha beta gamma", 0.2, "a")
    again = evidence("wholly other words", 0.1, "a")
    other = evidence("yet another thing", 0.1, "b")
    assert compose.nearest([same, again, other]) == [same, other]
