"""At most two reads and one claim for a decision, whatever the slate's size; a table is written once."""

import pytest
from watched_ports import raising

ACTING = [
    "snapshot",
    "wanted_players",
    "claim",
    "publish",
    "prediction_requests",
    "release",
    "snapshot",
]


@pytest.fixture
def phase5(make_phase5):
    """A coordinator whose publishing stands in the list of calls too."""
    phase5 = make_phase5()
    phase5.publisher.after = [lambda: phase5.store.calls.append("publish")] * 3
    return phase5


@pytest.mark.parametrize("players", [2, 300])
def test_a_trigger_that_acts_makes_two_reads_and_one_claim_whatever_the_slates_size(phase5, slate, players):
    slate.ready(players)

    phase5.trigger()

    assert phase5.store.calls == ACTING


def test_newcomers_cost_one_append_for_all_of_them(phase5, slate):
    slate.expect(20)
    slate.features(ready=12, no_history=8)

    phase5.trigger()

    assert phase5.store.calls == [*ACTING[:5], "prediction_outcomes", *ACTING[5:]]


@pytest.mark.parametrize("ask", ["trigger", "start", "retry"])
def test_a_question_that_leads_to_nothing_makes_one_read(phase5, slate, ask):
    slate.under_way(20)
    phase5.store.calls.clear()

    getattr(phase5, ask)()

    assert phase5.store.calls == ["snapshot"]


def test_an_announcement_that_leaves_others_open_makes_one_small_read(phase5, slate):
    slate.under_way(20)
    phase5.store.calls.clear()

    phase5.complete()

    assert phase5.store.calls == ["batch_progress"]


def test_finishing_judges_the_forecasts_writes_history_and_then_the_state(phase5, slate):
    slate.under_way(20)
    slate.answer()
    phase5.store.calls.clear()

    phase5.complete()
    phase5.complete()

    assert phase5.store.calls == [
        "batch_progress",
        "snapshot",
        "forecast_spread",
        "processor_run_history",
        "finish",
        "batch_progress",
    ]


def test_a_batch_that_is_over_is_judged_once_while_the_slate_goes_on(phase5, slate):
    slate.under_way(18, not_ready=2)
    slate.answer()
    phase5.store.calls.clear()

    phase5.complete()
    phase5.complete()

    assert phase5.store.calls == [
        "batch_progress",
        "snapshot",
        "forecast_spread",
        "judge",
        "batch_progress",
        "snapshot",
    ]


def test_only_a_doubtful_claim_costs_another_read(phase5, slate):
    slate.ready(20)
    phase5.store.after("claim", raising(ConnectionError("not ours")))
    phase5.start()  # an error that is no answer of the store ends the request

    assert phase5.store.calls == ["snapshot", "wanted_players", "claim"]


def test_an_instance_that_did_not_end_the_batch_reads_the_slate_once_more_and_then_no_more(
    make_phase5, slate
):
    other, phase5 = make_phase5(), make_phase5()
    slate.under_way(20)
    slate.answer()
    other.complete()
    phase5.store.calls.clear()

    phase5.complete()
    phase5.complete()

    assert phase5.store.calls == ["batch_progress", "snapshot", "batch_progress"]
