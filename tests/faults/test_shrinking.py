"""A run that breaks a rule is made small: what it does not need is left out, and it still breaks it."""

from collections import Counter

import pytest
from sim_fates import Fault
from sim_mutants import MUTANTS
from sim_rules import Rule
from sim_run import Run
from sim_shrink import fewest, shrink
from sim_trace import Trace

EVERY = tuple(Fault(f"/retry {number}, execute claim", "call slow") for number in range(20))


def a_run(*faults):
    return Run(1, faults, (), Counter(), Counter(), ((Rule.SETTLES, "it does not"),), Trace())


@pytest.mark.parametrize(
    "needed",
    [set(), {3}, {0, 19}, {4, 5, 6}, {1, 8, 13, 17}],
    ids=["none", "one", "the first and the last", "neighbours", "scattered"],
)
def test_only_the_faults_that_are_needed_are_left(needed):
    causes = {EVERY[number] for number in needed}

    found = fewest(a_run(*EVERY), lambda kept: a_run(*kept) if causes <= set(kept) else None)

    assert set(found.faults) == causes


def test_what_did_not_come_up_any_more_is_left_out_too():
    found = fewest(a_run(*EVERY), lambda kept: a_run(*kept[:1]) if EVERY[0] in kept else None)

    assert found.faults == EVERY[:1]


def test_it_ends_after_so_many_runs():
    runs = []

    fewest(a_run(*EVERY * 20), lambda kept: runs.append(kept))

    assert len(runs) == 150


@pytest.mark.simulation
def test_a_mistake_is_told_in_a_few_lines_with_the_fault_that_shows_it():
    run = shrink(21, MUTANTS["a claim in doubt is taken for won"])

    lines = run.trace.lines(in_brief=True)
    assert {rule for rule, _ in run.violations} == {Rule.ONE_OWNER}
    assert len(run.faults) == 1
    assert len(lines) < 50
    assert sum("!!" in line for line in lines) == 1
    assert "VIOLATION" in lines[-1]


@pytest.mark.simulation
def test_a_run_that_breaks_nothing_stays_as_it_is():
    run = shrink(1)

    assert run.violations == ()
    assert run.faults
