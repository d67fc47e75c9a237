"""The tables of docs/costs.md."""

from collections.abc import Iterable, Iterator, Sequence

from local.costs.day import Day
from local.costs.prices import DAYS_A_MONTH, MIB, PRICES, TIB
from local.costs.quotas import APPENDING_OTHERWISE, QUOTAS, Quota


def as_markdown(days: Sequence[Day]) -> str:
    """Return the tables: what a day is made of, what it costs, how much of each quota it takes."""
    titled = {
        "Quantities": _quantities(days),
        "Bytes billed by statement": _statements(days),
        "Dollars": _dollars(days),
        "A morning without Phase 4": _waiting(days),
        "Quotas": _quotas(QUOTAS, days),
        "Appending in other ways": _quotas(APPENDING_OTHERWISE, days),
    }
    return "\n".join(f"### {title}\n\n{_table(rows)}" for title, rows in titled.items())


def _quantities(days: Sequence[Day]) -> Iterator[Sequence[str]]:
    yield ["a day", *(f"{day.players:,} players" for day in days)]
    yield ["request messages, and announcements", *(_number(day.shards) for day in days)]
    yield ["MB in all messages", *(_number(day.message_bytes / 1e6) for day in days)]
    yield ["HTTP requests", *(_number(day.requests) for day in days)]
    for verb, name in (("query", "queries"), ("execute", "UPDATEs"), ("append", "appends")):
        yield [name, *(_number(_count(day, verb)) for day in days)]
    yield ["MB appended", *(_number(day.appended_bytes / 1e6) for day in days)]
    yield ["MB replaced by load job", *(_number(_loaded(day) / 1e6) for day in days)]
    yield ["seconds in which requests are under way", *(_number(day.busy_seconds) for day in days)]


def _statements(days: Sequence[Day]) -> Iterator[Sequence[str]]:
    yield ["statement", *(f"{text} at {day.players:,}" for day in days for text in ("runs", "MiB a run"))]
    for (verb, name), _ in sorted(days[0].asked.items()):
        if verb in ("query", "execute"):
            yield [name, *(cell for day in days for cell in _runs(day, verb, name))]


def _runs(day: Day, verb: str, name: str) -> Iterator[str]:
    yield _number(day.asked[verb, name])
    yield _number(day.scanned_bytes(name) / MIB)


def _dollars(days: Sequence[Day]) -> Iterator[Sequence[str]]:
    columns = [
        f"{day.players:,}: {text}"
        for day in days
        for text in ("units a day", "$ a day", "$ a month, free tier used")
    ]
    yield ["item", "unit", "$ a unit", *columns]
    for item, price in PRICES.items():
        cells = [cell for day in days for cell in _priced(day, item)]
        yield [item, price.unit, f"{price.dollars:.3g}", *cells]
    yield ["**sum**", "", "", *(cell for day in days for cell in _summed(day))]


def _waiting(days: Sequence[Day]) -> Iterator[Sequence[str]]:
    yield ["a /start that waits to the end", *(f"{day.players:,} players" for day in days)]
    yield ["queries, $", *(f"{_queries(day):.4f}" for day in days)]
    yield ["Cloud Run, $", *(f"{_instance(day):.4f}" for day in days)]


def _queries(day: Day) -> float:
    return PRICES["BigQuery, queries"].of_day(day.waiting_start[0] / TIB)


def _instance(day: Day) -> float:
    seconds = day.waiting_start[1]
    memory = PRICES["Cloud Run, memory"].of_day(seconds * day.habits.memory_gib)
    return PRICES["Cloud Run, CPU"].of_day(seconds) + memory


def _priced(day: Day, item: str) -> Iterator[str]:
    quantity = day.quantities()[item]
    yield _number(quantity)
    yield f"{PRICES[item].of_day(quantity):.4f}"
    yield f"{PRICES[item].of_month(quantity):.2f}"


def _summed(day: Day) -> Iterator[str]:
    found = day.quantities()
    of_day = sum(PRICES[item].of_day(quantity) for item, quantity in found.items())
    of_month = sum(PRICES[item].of_month(quantity) for item, quantity in found.items())
    yield ""
    yield f"**{of_day:.2f}** ({of_day * DAYS_A_MONTH:.2f} a month)"
    yield f"**{of_month:.2f}**"


def _quotas(quotas: Iterable[Quota], days: Sequence[Day]) -> Iterator[Sequence[str]]:
    yield ["limit", "is", *(cell for day in days for cell in (f"{day.players:,}", "%"))]
    for quota in quotas:
        cells = [cell for day in days for cell in _use(quota, day)]
        yield [quota.name, _number(quota.limit), *cells]


def _use(quota: Quota, day: Day) -> Iterator[str]:
    used = quota.used(day)
    yield _number(used)
    yield f"{100 * used / quota.limit:.2g}" if used < quota.limit else f"**{100 * used / quota.limit:.0f}**"


def _count(day: Day, verb: str) -> int:
    return sum(count for (found, _), count in day.asked.items() if found == verb)


def _loaded(day: Day) -> float:
    return sum(day.stored_bytes[name] for verb, name in day.asked if verb == "replace_partition")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _table(rows: Iterable[Sequence[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
