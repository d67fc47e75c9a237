"""The report on broken rounds: what it counts, and when it fails."""

import pytest
from rounds import Report, Round

KILLED = Round("kill -9", "twice", 2.0, moments=("claimed", "during start-up"))
LATE = Round("kill -9", "once", 5.0, moments=("claimed",))
FULL = Round("full disk", "at 1 MiB", 3.0)
LOST = Round("full disk", "at 2 MiB", 1.0, ("player one has no outcome",))
STUCK = Round("slow store", "stopped for 3 s", None)


def report(*rounds: Round) -> Report:
    found = Report()
    for done in rounds:
        found.add(done)
    return found


def test_each_kind_of_fault_has_a_row_with_its_count_and_its_recovery() -> None:
    lines = report(KILLED, FULL, LATE).lines()

    assert [line.split() for line in lines[1:3]] == [
        ["kill", "-9", "2", "0", "3.50", "5.00"],
        ["full", "disk", "1", "0", "3.00", "3.00"],
    ]


def test_the_states_that_the_kills_hit_are_counted() -> None:
    lines = report(KILLED, LATE).lines()

    assert lines[-3:-1] == ["killed claimed: 2", "killed during start-up: 1"]


def test_the_last_line_sums_up() -> None:
    lines = report(KILLED, LATE, FULL, LOST, STUCK).lines()

    assert lines[-1] == "rounds 5, kills 3, violations 2, recovery median 2.50 s, longest 5.00 s"


@pytest.mark.parametrize(
    ("rounds", "code"),
    [
        pytest.param((KILLED, FULL), 0, id="everything held"),
        pytest.param((KILLED, LOST), 1, id="something was violated"),
        pytest.param((KILLED, STUCK), 1, id="something never recovered"),
        pytest.param((), 1, id="nothing was tried"),
    ],
)
def test_the_exit_code_says_whether_the_promise_held(rounds: tuple[Round, ...], code: int) -> None:
    assert report(*rounds).finish() == code


def test_a_violation_is_written_when_it_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    report(FULL, LOST)

    assert capsys.readouterr().out == ("VIOLATION round 2, full disk (at 2 MiB): player one has no outcome\n")


def test_without_a_recovery_there_is_no_figure() -> None:
    assert report(STUCK).lines()[-1] == "rounds 1, kills 0, violations 1, recovery median - s, longest - s"
