"""Asks every endpoint of every service oddly, some thousand times, and says what came of it."""

import argparse
import sys
from collections.abc import Callable, Iterator
from random import Random

import beside  # noqa: F401 before what needs it
import fuzz_pushes as pushes
import fuzz_requests as requests
from fuzz_case import Case, Tally
from fuzz_described import described_cases
from fuzz_home import Home, homes
from fuzz_judge import Judge
from fuzz_tokens import odd_tokens
from fuzz_wire import gunicorn, try_wire, waitress

from shared.logs import configure_logs

SERVICES = ("coordinator", "worker", "precompute", "local")
MEGABYTES = (10_000_000, 17_000_000)


def own_cases(home: Home, random: Random, examples: int, sizes: tuple[int, ...]) -> Iterator[Case]:
    """Every kind of case that schemathesis cannot make; `examples` of each kind that is made at random."""
    yield from pushes.good_pushes()
    for made in (pushes.odd_messages, pushes.odd_players, pushes.odd_envelopes, pushes.odd_base64):
        yield from made(random, examples)
    yield from pushes.odd_attributes(random, examples // 2)
    yield from pushes.odd_json()
    yield from pushes.odd_encodings()
    yield from pushes.large(sizes)
    yield from requests.odd_bodies(random, examples)
    yield from requests.odd_queries(random, examples // 2)
    yield from requests.odd_letters(random, examples // 8)
    yield from requests.odd_json_bodies()
    yield from requests.odd_dates()
    yield from requests.odd_headers()
    yield from requests.odd_methods()
    yield from odd_tokens(home, random, examples)


def try_all(make: Callable[[], Home], examples: int, seed: int) -> Tally:
    """Try everything: `examples` of each kind and endpoint."""
    tally = Tally()
    judge = Judge(make(), tally)
    for case in own_cases(judge.home, Random(seed), examples, MEGABYTES):
        judge.send(case)
    for service in SERVICES:
        described_cases(Judge(make(), tally), service, examples, seed)
    configure_logs("CRITICAL")
    for serve in (gunicorn, waitress):
        with serve() as server:
            try_wire(server, tally, Random(seed), examples)
    return tally


def main(arguments: list[str] | None = None) -> int:
    """Print how many cases were tried, and return 1 if any of them found a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=200, help="random cases of each kind and endpoint")
    parser.add_argument("--seed", type=int, default=0, help="another seed makes other cases")
    options = parser.parse_args(arguments)
    with homes() as make:
        tally = try_all(make, options.examples, options.seed)
    sys.stdout.write("\n".join(tally.lines()) + "\n")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
