"""Measuring: the figures are those of the questions, and a bad file of questions is named."""

import json
from dataclasses import replace

import pytest

from ingest import Library, WordHashEncoder
from qa import Assistant, EvaluationError, Settings
from qa.calibration import calibrate, models, save, stored_threshold
from qa.evaluate import Question, calibration_error, load_questions, report, risk, run
from qa.scores import auroc, exact, f1, holds
from tests.newspaper import article


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "library", WordHashEncoder(), create=True) as opened:
        opened.replace([article(number) for number in range(30)])
        yield opened


@pytest.fixture
def asked(library):
    """Thirty questions that an article answers word for word, and fifteen that none does."""
    stored = [library.article(entry.id) for entry in library.entries()]
    can = [Question(item.text[:80], (item.text[:30],), (item.title,)) for item in stored]
    return can, [Question(f"Zyzzyva {number} quxly?") for number in range(15)]


@pytest.fixture
def outcomes(library, reader, asked):
    return run(library, reader, [*asked[0], *asked[1]])


def test_questions_answered_word_for_word_score_one(library, outcomes):
    found = report(outcomes, library)
    assert (found.questions, found.answerable) == (45, 30)
    assert found.hit_at_10 == 1.0
    assert found.quotes_exact == 1.0
    assert found.unanswerable_refused == 1.0
    assert found.auroc == 1.0
    assert found.right >= 0.9
    assert json.dumps(found.to_dict())


def test_a_refusal_of_an_answerable_question_is_a_miss(library, reader, asked):
    found = report(run(library, reader, asked[0], threshold=1.1), library)
    assert (found.answerable_refused, found.right, found.f1) == (1.0, 0.0, 0.0)
    assert found.to_dict()["auroc"] is None, "there is nothing to tell apart"


def test_the_risk_curve_ends_where_everything_is_answered(outcomes):
    curve = risk(outcomes)
    assert curve[-1][0] == 1.0
    assert curve[-1][1] == pytest.approx(sum(not outcome.right for outcome in outcomes) / len(outcomes), abs=1e-4)
    assert 0 <= calibration_error(outcomes) <= 1


def test_a_threshold_keeps_its_precision_and_is_kept_with_the_library(library, reader, outcomes):
    chosen = calibrate(outcomes, 0.9, models(library, reader))
    given = [outcome for outcome in outcomes if outcome.forced.confidence >= chosen.threshold]
    assert sum(outcome.right for outcome in given) / len(given) >= 0.9
    save(library.folder, chosen)
    assert stored_threshold(library.folder, models(library, reader)) == chosen.threshold
    assert stored_threshold(library.folder, "another encoder, another reader") is None


def test_the_assistant_uses_the_librarys_threshold_unless_told_another(library, reader, outcomes):
    save(library.folder, calibrate(outcomes, 0.9, models(library, reader)))
    question = outcomes[0].asked.question
    assert Assistant(library, reader, Settings()).ask(question).found
    (library.folder / "calibration.json").write_text(
        json.dumps(
            {"threshold": 1.0, "precision": 1, "answerable_refused": 1, "unanswerable_refused": 1, "questions": 9}
            | {"models": models(library, reader)}
        )
    )
    refused = Assistant(library, reader, Settings()).ask("Whatever for?")
    assert not refused.found
    assert Assistant(library, reader, Settings(threshold=0.0)).ask(question).found


def test_what_calibration_counts_as_answered_is_answered(library, reader, asked):
    class Unrounded:
        threshold, fingerprint = 0.5, "unrounded"

        def read(self, question, hits):  # two thirds are .6667 in an answer
            return [replace(item, confidence=2 / 3 * (item.confidence > 0.5)) for item in reader.read(question, hits)]

    outcomes = run(library, Unrounded(), [*asked[0], *asked[1]])
    save(library.folder, calibrate(outcomes, 0.9, models(library, Unrounded())))
    assistant = Assistant(library, Unrounded(), Settings())
    assert all(assistant.ask(outcome.asked.question).found for outcome in outcomes if outcome.asked.answers)


def test_too_few_questions_cannot_calibrate(outcomes):
    with pytest.raises(EvaluationError, match="20 questions with answers and 10 without; there are 5 and 0"):
        calibrate(outcomes[:5], 0.8, "")


def test_a_precision_out_of_reach_is_said(outcomes):
    with pytest.raises(EvaluationError, match="lower --precision"):
        calibrate([replace(outcome, first=False, right=False) for outcome in outcomes], 0.5, "")


@pytest.mark.parametrize(
    "line",
    ["not json", "[]", '{"answers": []}', '{"question": " "}', '{"question": 1}', '{"question": "Q?", "answers": "x"}'],
)
def test_a_line_that_is_no_question_is_named(tmp_path, line):
    file = tmp_path / "questions.jsonl"
    file.write_text('{"question": "Who?"}\n' + line + "\n")
    with pytest.raises(EvaluationError, match="line 2 is not"):
        load_questions(file)


def test_a_file_that_is_not_there_or_empty_is_said(tmp_path):
    with pytest.raises(EvaluationError, match="cannot be read"):
        load_questions(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(EvaluationError, match="no questions"):
        load_questions(tmp_path / "empty.jsonl")


def test_scores_are_squads():
    assert exact("The Eiffel Tower!", "eiffel tower")
    assert f1("the red house", "red barn") == pytest.approx(0.5)
    assert f1("", "x") == 0.0
    assert holds("They  met in\nMay.", ["met in may"])
    assert not holds("They met in June.", ["met in may"])


def test_auroc_counts_ties_by_half():
    assert auroc([0.9, 0.5], [0.5, 0.1]) == pytest.approx(0.875)
