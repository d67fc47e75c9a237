"""A small share of what breaks the served stack by hand: a few kills, and every named fault once."""

import pytest
from served import fault_rounds, kill_rounds
from served_faults import FAULTS

pytestmark = pytest.mark.e2e


def test_a_slate_whose_server_is_killed_again_and_again_ends_with_everybody_once() -> None:
    rounds = list(kill_rounds(3, seed=7))

    assert [done.faults for done in rounds] == [(), (), ()]
    assert sum(done.kills for done in rounds) >= 6


@pytest.mark.parametrize("name", FAULTS)
def test_under_a_named_fault_work_is_refused_clearly_and_ends_with_everybody_once(name: str) -> None:
    (done,) = fault_rounds(name, 1, seed=7)

    assert done.faults == ()
    assert done.seconds is not None
