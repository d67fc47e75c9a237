"""News in the embedded stack: only who is affected is forecast again, and what was forecast stays."""

from collections.abc import Iterator
from datetime import date

import pytest

from local.loading import load_sample
from local.news import News, tell_news
from local.stack import Stack
from shared.clock import SystemClock
from shared.config import load_settings
from shared.errors import NotFound
from shared.slate import morning
from shared.statements import inline_statement

SLATE = date(2026, 1, 15)
DAY = SLATE.isoformat()
FORECASTS = inline_statement(
    "made",
    "SELECT player_lookup, line, feature_run_id, input_id FROM nba_predictions.player_prop_predictions "
    "WHERE game_date = @d AND system_id = 'ensemble_v2' ORDER BY created_at, player_lookup",
    d="DATE",
)
SIDES = inline_statement(
    "sides",
    "SELECT player_lookup, team FROM nba_analytics.upcoming_player_game_context WHERE game_date = @d",
    d="DATE",
)


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A stack whose slate of sixty players is complete."""
    stack = Stack(None, load_settings(log_level="ERROR"), SystemClock.starting_at(morning(SLATE)))
    stack.start()
    try:
        load_sample(stack.warehouse, SLATE, 60, stack.clock)
        stack.client.require(stack.client.post("/precompute/process", {"game_date": DAY}))
        assert stack.settle(60)
        yield stack
    finally:
        stack.stop()


def _forecasts(stack):
    return stack.warehouse.query(FORECASTS, d=SLATE)


def _post(stack, path, **body):
    return stack.client.require(stack.client.post(path, {"game_date": DAY} | body))


def test_one_ruled_out_and_one_moved_line_forecast_the_affected_alone_again(stack):
    before = _forecasts(stack)
    sides = {row["player_lookup"]: row["team"] for row in stack.warehouse.query(SIDES, d=SLATE)}
    out = before[0]["player_lookup"]
    moved = next(r for r in before if r["line"] is not None and sides[r["player_lookup"]] != sides[out])
    crept = next(
        r
        for r in before
        if r["line"] is not None
        and r["player_lookup"] not in (out, moved["player_lookup"])
        and sides[r["player_lookup"]] != sides[out]
    )
    _post(stack, "/local/news", player=out, status="OUT")
    _post(stack, "/local/news", player=moved["player_lookup"], line=moved["line"] + 1.0)
    _post(stack, "/local/news", player=crept["player_lookup"], line=crept["line"] + 0.2)

    told = _post(stack, "/refresh")
    assert stack.settle(60)

    assert (told["status"], told["lines_moved"], told["statuses_changed"]) == ("started", 1, 1)
    assert (told["ruled_out"], told["phase4_asked"]) == ([out], True)
    made = _forecasts(stack)
    assert made[: len(before)] == before
    again = made[len(before) :]
    mates = {player for player, team in sides.items() if team == sides[out] and player != out}
    forecast_before = {row["player_lookup"] for row in before}
    assert {row["player_lookup"] for row in again} == {moved["player_lookup"]} | (mates & forecast_before)
    assert len({row["feature_run_id"] for row in again}) == 2
    status = stack.client.require(stack.client.get("/status", game_date=DAY))
    assert (status["state"], status["is_fresh"], status["wanted"]) == ("complete", True, 0)
    quiet = _post(stack, "/refresh")
    assert (quiet["status"], quiet["phase4_asked"]) == ("nothing_started", False)


def test_news_about_nobody_are_refused(stack):
    with pytest.raises(NotFound, match="load it first"):
        tell_news(stack.warehouse, date(2026, 1, 16), News("anybody", status="OUT"), stack.clock)
    assert (
        stack.client.post("/local/news", {"game_date": DAY, "player": "nobody at all", "status": "OUT"})[0]
        == 404
    )
    assert stack.client.post("/local/news", {"game_date": DAY, "player": "x"})[0] == 400
