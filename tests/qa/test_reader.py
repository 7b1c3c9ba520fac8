"""The reader: spans in their place, other models by name, and quotes that can be understood by themselves."""

import subprocess
import sys
from dataclasses import replace

import pytest

from ingest import Article, Hit, Passage
from ingest.words import is_english
from qa import ReaderError
from qa.features import FEATURES, PASSAGE, Asked, content_words
from qa.reader import BUILT_IN, load_reader
from qa.spans import OnnxSpanModel
from qa.units import units

STORY = Article(
    "a",
    "Ferry back in March",
    "The ferry to Skerra returns on 4 March. It was laid up after its engine caught fire, the company said. "
    "Captain Silje Brandt will command it.",
    "/a.txt",
    "The Ledger",
)


@pytest.fixture(scope="module")
def packaged():
    return load_reader()


@pytest.fixture
def hits():
    return [Hit(Passage("a:0", "a", STORY.text, 0, len(STORY.text), 0), STORY, 1.0, 1, 1, 0.5)]


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("When does the ferry to Skerra return?", "4 March"),
        ("Who will command the ferry?", "Captain Silje Brandt"),
        ("Why was the ferry laid up?", "engine caught fire"),
    ],
)
def test_a_span_is_the_words_that_answer(packaged, hits, question, short):
    best = packaged.read(question, hits)[0]
    assert short in best.short
    assert best.short in best.quote
    assert STORY.text[best.start : best.end] == best.quote


def test_a_yes_or_no_question_is_never_answered_by_a_bare_word(packaged, hits):
    assert all(not evidence.short for evidence in packaged.read("Does the ferry return in March?", hits))


def test_where_the_passage_says_nothing_of_it_confidence_is_low(packaged, hits):
    asked = ("Who will command the ferry?", "How many passengers were hurt at the airport in Lima?")
    sure, unsure = (packaged.read(question, hits)[0].confidence for question in asked)
    assert unsure < packaged.threshold < sure


def test_nothing_to_read_is_no_evidence(packaged):
    assert packaged.read("Who will command the ferry?", []) == []


def test_every_sentence_has_every_feature(packaged, hits):
    found = packaged.examine("Why was the ferry laid up?", hits)
    assert {len(candidate.features) for candidate in found} == {len(FEATURES)}


def test_a_passage_that_was_found_last_is_read_first_where_it_is_the_one_that_names_what_is_asked(packaged, hits):
    others = [
        Article(f"o{n}", "The harbour", f"The harbour master of pier {n} spoke to us.", "/o.txt") for n in range(12)
    ]
    found = [
        Hit(Passage(f"{o.id}:0", o.id, o.text, 0, len(o.text), 0), o, 0.2, n, n, 0.5) for n, o in enumerate(others, 1)
    ]
    found.append(replace(hits[0], score=0.05, word_rank=13, vector_rank=None))
    asked = "When does the ferry to Skerra return?"
    assert {len(row) for row in Asked(asked).passages(found)} == {len(PASSAGE)}
    assert packaged.examine(asked, found)[0].hit.article is STORY
    assert packaged.read(asked, found)[0].hit.article is STORY


def test_a_passage_past_the_models_window_is_read_as_far_as_it_goes(packaged):
    text = "The mayor spoke. " * 400
    article = Article("b", "Long", text, "/b.txt")
    found = packaged.read("Who spoke?", [Hit(Passage("b:0", "b", text, 0, len(text), 0), article, 1.0, 1, 1, 0.5)])
    assert 0 < len(found) < 400


def test_a_question_longer_than_the_models_window_is_read_as_far_as_it_goes(packaged, hits):
    assert packaged.read("Who will command the ferry? " + "the ferry " * 190, hits)


def test_a_model_says_for_each_token_of_the_text_where_it_stands():
    model = OnnxSpanModel(BUILT_IN)
    (spans,) = model.spans("Who will command it?", [STORY.text])
    assert STORY.text[slice(*spans.offsets[0])] == "The"
    assert len(spans.offsets) == len(spans.starts) == len(spans.ends)
    assert spans.offsets[-1][1] == len(STORY.text)


def test_what_a_model_sees_in_a_text_does_not_depend_on_those_beside_it():
    model, texts = OnnxSpanModel(BUILT_IN), ["It sank.", STORY.text, "Nobody was hurt when it sank off Skerra.", ""]
    together = model.spans("Who will command it?", texts)
    for text, seen in zip(texts, together, strict=True):
        (alone,) = model.spans("Who will command it?", [text])
        assert seen.none == alone.none
        assert seen.starts.tolist() == alone.starts.tolist()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model for extractive question answering with chance weights, in the Hugging Face format."""
    from transformers import BertConfig, BertForQuestionAnswering, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("model")
    config = BertConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32)
    BertForQuestionAnswering(config).save_pretrained(folder)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(BUILT_IN / "tokenizer.json"), pad_token="[PAD]",
        cls_token="[CLS]", sep_token="[SEP]", unk_token="[UNK]", mask_token="[MASK]",
    )  # fmt: skip
    tokenizer.save_pretrained(folder)
    return folder


def test_any_model_of_the_hugging_face_format_can_read(folder, hits):
    reader = load_reader(str(folder))
    found = reader.read("Who will command it?", hits)
    assert found
    assert all(STORY.text[evidence.start : evidence.end] == evidence.quote for evidence in found)
    assert reader.fingerprint != load_reader().fingerprint


def test_a_model_for_something_else_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "bert", "architectures": ["BertForMaskedLM"]}')
    with pytest.raises(ReaderError, match=r"not a model for extractive question answering.*CITEWIRE_READER"):
        load_reader(str(tmp_path))


def test_a_model_that_is_not_there_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(ReaderError, match=r"cannot be loaded.*unset it for the packaged reader"):
        load_reader(str(tmp_path / "none"))


def test_the_packaged_reader_never_loads_pytorch():
    program = "import sys; from qa.reader import load_reader; load_reader(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_sentence_that_leans_on_another_brings_it_along():
    text = "The board met on Monday. It decided nothing. Rain fell."
    assert [text[context:end] for context, _, end in units(text, "en")] == [
        "The board met on Monday.",
        "The board met on Monday. It decided nothing.",
        "Rain fell.",
    ]


def test_names_and_kinds_are_taken_from_the_question():
    asked = Asked("Why did Japan drop co-sponsorship in 2019?")
    assert (asked.kind, asked.names) == ("why", ["japan", "2019"])


def test_words_are_shared_where_no_spaces_part_them_too():
    assert content_words("町長は誰ですか") & content_words("汐鳴町から町長の真柴航一さんが訪れた") == {"町長"}


@pytest.mark.parametrize(
    ("text", "english"),
    [
        (STORY.text, True),
        ("The end of the line, and the start.", True),
        ("Was die Fähre betrifft: Sie kehrt im März nach Skerra zurück, sagte der Kapitän.", False),
        ("La commune a rouvert le pont aux piétons et aux cyclistes lundi.", False),
        ("六月八日、市役所で記念の式典が開かれた。", False),
    ],
)
def test_english_is_told_by_its_commonest_words(text, english):
    assert is_english(text) is english
