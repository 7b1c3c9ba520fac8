"""Sentences held against the quotes that they cite: what is false is caught, what is true is let through."""

from itertools import islice, product

import pytest

from benchmarks.claims import PARTS, SIZE, claims, claims_of, judged, right
from ingest import WordHashEncoder, load_encoder
from qa.prose.claims import Checker
from qa.prose.numbers import numbers
from qa.prose.sources import Source

BRIDGE = Source(
    1,
    "The council closed the Aldwyn bridge on 4 March after divers found 12 cracks, and repairs will "
    "cost 4.1 million crowns.",
    before="Mayor Edda Marsh had asked for the survey.",
    after="Ferries do not run on Sundays.",
    about="Bridge shut, Courier",
    published="2024-03-05",
)  # fmt: skip


@pytest.fixture(scope="module")
def checker():
    return Checker(load_encoder())


@pytest.fixture(scope="module")
def told(corpus, checker):
    made = claims([corpus.article(entry.id) for entry in corpus.entries()])
    return [(claim, judged(checker, claim)) for claim in made]


def test_unfaithful_sentences_made_of_the_corpus_are_caught(told):
    unfaithful = [right(claim, sentence) for claim, sentence in told if not claim.faithful]
    assert len(unfaithful) == SIZE
    assert sum(unfaithful) >= 0.97 * SIZE


def test_faithful_sentences_made_of_the_corpus_are_seldom_withheld(told):
    faithful = [right(claim, sentence) for claim, sentence in told if claim.faithful]
    assert len(faithful) == SIZE
    assert sum(faithful) >= 0.97 * SIZE


@pytest.mark.parametrize("part", PARTS)
def test_nine_in_ten_sentences_written_by_hand_are_told_right(corpus, checker, part):
    made = claims_of(part, [corpus.article(entry.id) for entry in corpus.entries()])
    for faithful, floor in ((True, 0.93), (False, 0.9)):
        told = [right(claim, judged(checker, claim)) for claim in made if claim.faithful is faithful]
        assert len(told) >= 40
        assert sum(told) >= floor * len(told)


def test_the_claims_are_the_same_each_time(corpus, told):
    again = claims([corpus.article(entry.id) for entry in corpus.entries()])
    assert again == [claim for claim, _ in told]
    assert len({(claim.text, claim.sources) for claim in again}) >= 0.95 * len(again)


@pytest.mark.parametrize(
    "sentence",
    [
        "On 4 March the council closed the Aldwyn bridge.",
        "The Aldwyn bridge was shut after divers discovered twelve cracks.",
        "Repairs to the bridge will cost about 4 million crowns.",
        "In March 2024 the council closed the bridge.",
        "Edda Marsh, the mayor, had asked for the survey.",
    ],
)
def test_what_the_quote_or_its_neighbour_says_is_supported(checker, sentence):
    assert checker.check(sentence, [1], [BRIDGE]).verdict == "supported"


@pytest.mark.parametrize(
    "sentence",
    [
        "On 5 April the council closed the Aldwyn bridge.",
        "Divers found 13 cracks in the Aldwyn bridge.",
        "Repairs will cost 4.1 billion crowns.",
        "The council closed the Skerra bridge after divers found 12 cracks.",
        "The council opened the Aldwyn bridge on 4 March.",
        "The council did not close the Aldwyn bridge on 4 March.",
        "Ferries run on Sundays.",
        "The council closed the Aldwyn bridge, and the mayor resigned in protest.",
        "The harbour seals are thriving in the bay.",
    ],
)
def test_what_it_does_not_say_is_not(checker, sentence):
    verdict = checker.check(sentence, [1], [BRIDGE])
    assert verdict.verdict == "unsupported"
    assert verdict.why.endswith(".")


@pytest.mark.parametrize("cited", [[], [0], [99], [0, 99]], ids=str)
def test_a_sentence_that_cites_nothing_given_is_uncited(checker, cited):
    verdict = checker.check("The council closed the Aldwyn bridge.", cited, [BRIDGE])
    assert (verdict.verdict, verdict.citations) == ("uncited", ())


@pytest.mark.parametrize(
    ("quote", "faithful", "unfaithful"),
    [
        ("Trains run every half hour.", "Trains run every 30 minutes.", "Trains run every half day."),
        ("It weighs 2.4 tonnes.", "It weighs 2,400 kilos.", "It weighs 2.4 kilos."),
        ("It cost 640,000 crowns.", "It cost well over half a million crowns.", "It cost more than 700,000 crowns."),
        ("Some members object.", "Some of the members object.", "All members object."),
        ("Prices may fall in May.", "It is possible that prices fall in May.", "Prices will fall in May."),
        ("The bank will close on 2 May.", "The bank is to close on 2 May.", "The bank closed on 2 May."),
        ("The town sued the firm in May.", "In May the firm was sued by the town.", "The firm sued the town in May."),
        ("“It is late,” said Ann Holt.", "Ann Holt said that it was late.", "“It is late,” said Edda Marsh."),
        ("The shop shut after the fair.", "After the fair the shop closed.", "The shop shut before the fair."),
        ("The pump stopped at noon.", "At 12 o'clock the pump stopped.", "The pump stopped at noon because of a fire."),
        ("A boat from Skerra sank.", "A boat that came from Skerra sank.", "A boat from Saltmere sank."),
    ],
    ids=["time", "mass", "rounded", "quantity", "certainty", "tense", "roles", "speaker", "order", "cause", "place"],
)
def test_a_word_that_changes_what_is_said_is_noticed(checker, quote, faithful, unfaithful):
    source = Source(1, quote, before="Edda Marsh came from Saltmere.", published="2024-05-03")
    assert checker.check(faithful, [1], [source]).verdict == "supported"
    assert checker.check(unfaithful, [1], [source]).verdict == "unsupported"


class Interrupted(WordHashEncoder):
    """An encoder during whose work on a single word, once, something else happens."""

    meanwhile = None

    def encode_documents(self, texts):
        if len(texts) == 1 and self.meanwhile:
            happens, self.meanwhile = self.meanwhile, None
            happens()
        return super().encode_documents(texts)


def test_a_check_goes_on_when_another_one_empties_the_memory_of_words():
    encoder = Interrupted()
    checker = Checker(encoder)
    given = [Source(1, "The harbour is shut.")]
    many = " ".join("".join(letters) for letters in islice(product("bcdfgklmnprtvwxz", repeat=4), 20_010))

    def others():
        checker.measure(many, given)
        checker.measure("Something strange happened.", given)

    checker.measure("Lanterns.", given)
    alone = checker.measure("Lanterns flicker.", given)
    checker = Checker(encoder)
    checker.measure("Lanterns.", given)
    encoder.meanwhile = others
    assert checker.measure("Lanterns flicker.", given) == alone


def test_numbers_are_the_same_in_words_and_figures():
    values = [number.value for number in numbers("Twenty-five, 25, 4.1 million, 1,200, two dozen, 3rd and a half")]
    assert values == [25, 25, 4_100_000, 1200, 24, 3, 0.5]
    assert [number.share for number in numbers("12 per cent, 12% and 12 people")] == [True, True, False]
