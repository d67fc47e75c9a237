import pytest

from shared.outcomes import ACCEPTED_SKIPS, OUTCOME_OF, STAYS_WANTED, Outcome, Reason


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_ends_in_one_outcome_that_is_not_a_forecast(reason):
    assert OUTCOME_OF[reason] in (Outcome.SKIPPED, Outcome.FAILED)


def test_no_outcome_is_kept_for_a_reason_that_is_gone():
    assert OUTCOME_OF.keys() == set(Reason)


@pytest.mark.parametrize("reason", ACCEPTED_SKIPS)
def test_what_leaves_no_gap_is_a_skip(reason):
    assert OUTCOME_OF[reason] is Outcome.SKIPPED


@pytest.mark.parametrize("reason", STAYS_WANTED)
def test_what_stays_wanted_is_a_failure(reason):
    assert OUTCOME_OF[reason] is Outcome.FAILED


def test_a_player_who_was_not_ready_leaves_a_gap():
    assert Reason.NOT_READY not in ACCEPTED_SKIPS
