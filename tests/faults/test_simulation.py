"""The protocol under seeded faults: every run keeps what the design promises.

A seed that fails prints its trace; `python tests/faults/simulate.py --seed K --shrink` makes it small.
"""

import re
from contextlib import closing

import pytest
from sim_mutants import MUTANTS
from sim_run import run_seed, run_seeds
from sim_stage import Stage
from simulate import main

pytestmark = pytest.mark.simulation
SEEDS = 40
CHUNK = 5


@pytest.fixture
def stage():
    with closing(Stage()) as stage:
        yield stage


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK), ids=lambda first: f"seeds_from_{first}")
def test_whatever_fails_every_player_ends_once_and_readers_see_it(first):
    failed = [run for run in run_seeds(range(first, first + CHUNK)) if run.violations]

    assert not failed, "\n\n".join(f"seed {run.seed}\n{run.trace}" for run in failed)


def test_the_same_seed_gives_the_same_run_to_the_byte(stage):
    first, other, again = (str(run_seed(seed, stage).trace).encode() for seed in (8, 9, 8))

    assert first == again != other


def test_the_listed_faults_of_a_run_alone_give_the_same_run_again(stage):
    run = run_seed(8, stage)

    again = run_seed(8, stage, [*run.faults, *run.events])

    assert run.faults
    assert str(again.trace) == str(run.trace)


def test_one_fault_less_leaves_the_others_as_they_were(stage):
    run = run_seed(8, stage)
    without = run.faults[-1]

    less = run_seed(8, stage, [*run.faults[:-1], *run.events])

    assert without not in less.faults
    assert set(less.faults) <= set(run.faults)


def test_a_run_without_faults_and_events_is_a_quiet_morning(stage):
    run = run_seed(8, stage, [])

    assert (run.faults, run.events, run.violations) == ((), (), ())


def test_what_is_remembered_of_the_store_changes_no_run(stage):
    with closing(Stage(remembers=False)) as forgetful:
        read_each_time = run_seed(8, forgetful)

    assert str(run_seed(8, stage).trace) == str(read_each_time.trace)


def test_the_command_replays_a_seed_and_counts_its_faults(capsys):
    code = main(["--seed", "8", "--trace"])

    lines = capsys.readouterr().out.splitlines()
    assert re.match(r"\d\d:\d\d:\d\d\.\d{3}  ", lines[0])
    assert lines[-1].startswith("seeds 1, faults ")
    assert lines[-1].endswith(", violations 0")
    assert code == 0


def test_the_command_says_the_same_whatever_the_number_of_processes(capsys):
    main(["--seeds", "6", "--jobs", "1"])
    alone = capsys.readouterr().out

    main(["--seeds", "6", "--jobs", "2"])

    assert capsys.readouterr().out == alone


def test_the_command_fails_if_a_seed_does_and_names_the_one_that_makes_it_small(capsys):
    code = main(["--seeds", "1", "--jobs", "1"], MUTANTS["request ids random instead of deterministic"])

    lines = capsys.readouterr().out.splitlines()
    assert any(line.endswith("--shrink") for line in lines)
    assert not lines[-1].endswith(", violations 0")
    assert code == 1
