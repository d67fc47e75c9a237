"""The protocol under seeded faults: every run keeps what the design promises, and mistakes are found.

A seed that fails prints its trace; `python tests/faults/simulate.py --seed K --trace` replays it.
"""

from contextlib import closing

import pytest
from sim_mutants import MUTANTS
from sim_stage import Stage
from simulate import main, run_seed, run_seeds

SEEDS = 200
CHUNK = 10


@pytest.mark.simulation
@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK), ids=lambda first: f"seeds_from_{first}")
def test_whatever_fails_every_player_ends_once_and_readers_see_it(first):
    failed = [run for run in run_seeds(range(first, first + CHUNK)) if run.violations]

    assert not failed, "\n\n".join(f"seed {run.seed}\n{run.trace}" for run in failed)


@pytest.mark.simulation
@pytest.mark.parametrize(
    ("mutant", "signs"),
    [
        ("claim without compare", ("holds a live lease", "was requested again")),
        ("acknowledge before write", ("outcomes were in the store",)),
        ("a failed write is taken for success", ("outcomes were in the store", "readers see")),
        ("counts instead of sets", ("has 0 outcomes for his current input",)),
    ],
    ids=list(MUTANTS),
)
def test_a_mistake_in_the_protocol_is_found(mutant, signs):
    runs = run_seeds(range(SEEDS), MUTANTS[mutant])

    found = next(run.violations for run in runs if run.violations)

    runs.close()
    assert any(sign in found[0] for sign in signs)


@pytest.mark.simulation
def test_the_same_seed_gives_the_same_run():
    with closing(Stage()) as stage:
        first, other, again = (run_seed(seed, stage) for seed in (8, 9, 8))

    assert str(first.trace) == str(again.trace) != str(other.trace)


@pytest.mark.simulation
def test_the_command_replays_a_seed_and_counts_its_faults(capsys):
    code = main(["--seed", "8", "--trace"])

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("    1  ")
    assert lines[-1].startswith("seeds 1, faults ")
    assert lines[-1].endswith(", violations 0")
    assert code == 0


@pytest.mark.simulation
def test_the_command_fails_if_a_seed_does(capsys):
    code = main(["--seeds", "1"], MUTANTS["counts instead of sets"])

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("seed 0: ")
    assert not lines[-1].endswith(", violations 0")
    assert code == 1
