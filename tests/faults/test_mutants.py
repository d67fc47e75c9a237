"""The simulation can fail: mistakes that are put into the product are found, these by the run of one seed.

`python tests/faults/simulate.py --mutants --seeds 60` looks for all of them, and tells how each is found.
"""

from contextlib import closing

import pytest
from sim_mistakes import in_statement, in_view
from sim_mutants import MUTANTS
from sim_rules import Rule
from sim_run import run_seed
from sim_stage import Stage


@pytest.mark.simulation
@pytest.mark.parametrize(
    ("mutant", "seed", "rule"),
    [
        ("a claim in doubt is taken for won", 21, Rule.ONE_OWNER),
        ("requests recorded before they are published", 0, Rule.DURABLE_FIRST),
        ("request ids random instead of deterministic", 0, Rule.DURABLE_FIRST),
        ("second read without the guard on generation and run", 147, Rule.ONE_FORECAST),
        ("state set before run history", 0, Rule.DURABLE_FIRST),
        ("acknowledged before it is written", 0, Rule.DURABLE_FIRST),
        ("Phase 4 announces before run history", 0, Rule.DURABLE_FIRST),
        ("claim without compare", 6, Rule.ONE_OWNER),
        ("a line that creeps has moved", 0, Rule.UNMOVED),
        ("a refresh makes everybody's input new", 0, Rule.UNMOVED),
        ("a refresh keeps everybody's input", 1, Rule.ONE_FORECAST),
        ("a held slate is started like any other", 0, Rule.HELD),
        ("an alert is never said to be over", 0, Rule.RESOLVED),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_a_mistake_in_the_product_is_found(mutant, seed, rule):
    with closing(Stage()) as stage:
        run = run_seed(seed, stage, mistake=MUTANTS[mutant])

    assert rule in {broken for broken, _ in run.violations}


@pytest.mark.parametrize(
    "mistake",
    [
        in_statement("predictions.coordinator", "claim", "a text that it lacks", ""),
        in_view("nba_predictions.prediction_outcomes_current", "a text that it lacks", ""),
    ],
    ids=["statement", "view"],
)
def test_a_mistake_that_the_product_has_no_place_for_is_an_error(mistake):
    with pytest.raises(ValueError, match="this mistake cannot be made any more"), mistake():
        pass
