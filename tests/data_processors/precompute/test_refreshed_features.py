"""A refresh of features that stand: who keeps his input, what is written, and what stays as it is."""

from datetime import date

import pytest

from data_processors.precompute.ml_feature_store.ml_feature_store_processor import RunRejected
from data_processors.precompute.runs import EventFate, RunOptions, Unchanged
from shared.errors import DataContractViolation, DependencyUnavailable

SLATE = date(2025, 1, 15)
NEWS = RunOptions(SLATE, triggered_by="refresh", correlation_id="corr-2")
FEATURES = "nba_predictions.ml_feature_store_v2"
HISTORY = "nba_reference.processor_run_history"
TOPIC = "nba-phase4-precompute-complete"
PLAYERS = [f"aaa{number}" for number in range(4)]


@pytest.fixture
def phase4(phase4):
    """Four players whose features stand, an hour ago, and a journal that begins after that."""
    phase4.slate(*PLAYERS)
    phase4.first = phase4.processor.run(RunOptions(SLATE)).run.run_id
    phase4.clock.advance(3600)
    phase4.journal.clear()
    return phase4


def change(phase4, player, **values):
    """Change what the feature query says of one player."""
    phase4.warehouse.raw_features = [
        row | values if row["player_lookup"] == player else row for row in phase4.warehouse.raw_features
    ]


def lost_answer():
    """What a store does that writes and is not heard."""
    raise DependencyUnavailable("no answer")


def inputs(phase4):
    return {player: row["input_run_id"] for player, row in phase4.features().items()}


def test_without_news_nothing_is_written_and_nobody_is_told(phase4):
    assert phase4.processor.refresh(NEWS) is Unchanged.NOTHING_NEW

    assert phase4.journal == []
    assert len(phase4.history()) == 1


def test_who_is_affected_gets_a_new_input_and_everybody_else_keeps_his(phase4):
    change(phase4, "aaa0", status="OUT")
    change(phase4, "aaa1", teammates_points=41.5)

    done = phase4.processor.refresh(NEWS)

    new, old = done.run.run_id, phase4.first
    assert inputs(phase4) == {"aaa0": old, "aaa1": new, "aaa2": old, "aaa3": old}
    rows = phase4.features()
    assert {row["feature_run_id"] for row in rows.values()} == {new}
    assert (rows["aaa0"]["status"], rows["aaa1"]["status"]) == ("OUT", "ACTIVE")
    assert phase4.journal == [f"replace {FEATURES}", f"{HISTORY} success", f"publish {TOPIC}"]
    assert (phase4.history()[-1]["triggered_by"], done.event) == ("refresh", EventFate.PUBLISHED)


def test_an_input_is_handed_on_from_refresh_to_refresh(phase4):
    change(phase4, "aaa1", teammates_points=41.5)
    second = phase4.processor.refresh(NEWS).run.run_id
    phase4.clock.advance(900)
    change(phase4, "aaa2", status="QUESTIONABLE")

    third = phase4.processor.refresh(NEWS)

    old = phase4.first
    assert inputs(phase4) == {"aaa0": old, "aaa1": second, "aaa2": old, "aaa3": old}
    assert {row["feature_run_id"] for row in phase4.features().values()} == {third.run.run_id}


def test_a_normal_run_begins_everybody_anew(phase4):
    again = phase4.processor.run(RunOptions(SLATE)).run.run_id

    assert set(inputs(phase4).values()) == {again}


def test_features_from_before_they_had_an_input_keep_that_of_their_run(phase4):
    phase4.spoil(f"UPDATE {FEATURES} SET input_run_id = NULL, status = NULL WHERE TRUE")

    phase4.processor.refresh(NEWS)

    assert set(inputs(phase4).values()) == {phase4.first}
    assert {row["status"] for row in phase4.features().values()} == {"ACTIVE"}


def test_another_version_of_the_contract_makes_everybody_new(phase4):
    phase4.spoil(f"UPDATE {FEATURES} SET feature_version = 'older' WHERE TRUE")

    done = phase4.processor.refresh(NEWS)

    assert set(inputs(phase4).values()) == {done.run.run_id}


def test_who_comes_and_who_goes_is_news(phase4):
    phase4.slate("aaa9")
    came = phase4.processor.refresh(NEWS).run.run_id
    assert inputs(phase4)["aaa9"] == came

    phase4.warehouse.raw_features = phase4.warehouse.raw_features[1:]
    phase4.processor.refresh(NEWS)
    assert sorted(phase4.features()) == ["aaa1", "aaa2", "aaa3", "aaa9"]


def test_a_slate_without_features_is_left_to_the_normal_run(phase4):
    phase4.spoil(f"DELETE FROM {FEATURES} WHERE TRUE")

    assert phase4.processor.refresh(NEWS) is Unchanged.NO_FEATURES
    assert phase4.journal == []


def test_features_of_a_run_that_failed_are_left_to_the_next_one(phase4):
    phase4.spoil(f"UPDATE {HISTORY} SET status = 'failed' WHERE TRUE")

    assert phase4.processor.refresh(NEWS) is Unchanged.NO_FEATURES


def test_a_wish_that_comes_twice_is_carried_out_once(phase4):
    change(phase4, "aaa1", teammates_points=41.5)
    phase4.processor.refresh(NEWS)

    assert phase4.processor.refresh(NEWS) is Unchanged.NOTHING_NEW
    assert len(phase4.publisher.published) == 2


# Dying on the way


def test_a_run_that_is_about_to_be_recorded_is_waited_for(phase4):
    phase4.spoil(f"DELETE FROM {HISTORY} WHERE TRUE")
    phase4.clock.advance(-3600)

    with pytest.raises(DependencyUnavailable, match="about to be recorded"):
        phase4.processor.refresh(NEWS)

    assert phase4.journal == []


def test_a_refresh_that_died_before_it_was_recorded_is_gone_on_with(phase4):
    change(phase4, "aaa1", teammates_points=41.5)
    phase4.fail(f"append {HISTORY}", *[DependencyUnavailable("away")] * 2)
    with pytest.raises(DependencyUnavailable):
        phase4.processor.refresh(NEWS)
    died = phase4.features()["aaa1"]["feature_run_id"]
    phase4.clock.advance(600)

    done = phase4.processor.refresh(NEWS)

    old = phase4.first
    assert inputs(phase4) == {"aaa0": old, "aaa1": died, "aaa2": old, "aaa3": old}
    assert phase4.history()[-1]["run_id"] == done.run.run_id != died
    assert phase4.processor.refresh(NEWS) is Unchanged.NOTHING_NEW


def test_a_refresh_that_failed_though_its_rows_stand_is_gone_on_with(phase4):
    """The store had taken them when its answer was lost; nobody else would compute this slate again."""
    change(phase4, "aaa1", teammates_points=41.5)
    phase4.warehouse.on_replace = lost_answer
    with pytest.raises(DependencyUnavailable):
        phase4.processor.refresh(NEWS)
    failed = phase4.features()["aaa1"]["feature_run_id"]
    assert phase4.history()[-1]["status"] == "failed"
    phase4.warehouse.on_replace = lambda: None

    phase4.processor.refresh(NEWS)

    old = phase4.first
    assert inputs(phase4) == {"aaa0": old, "aaa1": failed, "aaa2": old, "aaa3": old}
    assert phase4.history()[-1]["status"] == "success"
    assert phase4.processor.refresh(NEWS) is Unchanged.NOTHING_NEW


def test_a_refresh_for_the_worse_is_rejected_and_what_stands_stays(phase4):
    for player in PLAYERS[:3]:
        change(phase4, player, minutes_avg_5=400.0)

    with pytest.raises(RunRejected):
        phase4.processor.refresh(NEWS)

    assert set(inputs(phase4).values()) == {phase4.first}
    assert [alert.kind for alert in phase4.alerter.sent] == ["phase4_run_rejected"]


def test_a_refresh_that_another_run_overwrites_fails_as_a_run_does(phase4):
    change(phase4, "aaa1", teammates_points=41.5)
    phase4.warehouse.on_replace = lambda: phase4.spoil(
        f"UPDATE {FEATURES} SET feature_run_id = 'another' WHERE TRUE"
    )

    with pytest.raises(DataContractViolation):
        phase4.processor.refresh(NEWS)

    assert phase4.history()[-1]["status"] == "failed"


@pytest.mark.parametrize("read", ["standing_features", "features"])
def test_a_read_that_fails_is_recorded_and_is_not_without_news(phase4, read):
    phase4.fail(read, DependencyUnavailable("away"))

    with pytest.raises(DependencyUnavailable):
        phase4.processor.refresh(NEWS)

    assert phase4.history()[-1]["status"] == "failed"


def test_an_event_that_is_not_taken_is_stored_as_every_runs(phase4):
    change(phase4, "aaa1", teammates_points=41.5)
    phase4.publisher.refusal = "full"

    done = phase4.processor.refresh(NEWS)

    assert (done.event, phase4.events()) == (EventFate.STORED, [(done.run.run_id, "stored")])
