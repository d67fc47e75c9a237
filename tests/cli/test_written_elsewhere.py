"""What a server or a person has written is shown as it stands, wherever it is drawn: no markup of ours."""

import pytest
from statuses import NOW, finished

from cli.accuracy import told_report
from cli.render import bars, print_body, print_forecasts
from cli.replay import told_replay
from cli.replay_diff import difference
from cli.telling import tell

ODD = "[/red] [bold red]FINE[/bold red] :boom: \x1b[2J"
SHOWN = "[/red] [bold red]FINE[/bold red] :boom: \\x1b[2J"

BATCH = {"batch_id": ODD, "trigger_source": ODD, "requested_at": NOW}
STATUS = finished(
    state=ODD,
    game_date=ODD,
    hold="paused",
    held_by=ODD,
    hold_reason=ODD,
    alerts=[ODD],
    skipped={ODD: 1},
    failed={ODD: 1},
    not_ready={ODD: 1},
    batches=[BATCH | {"players_answered": 1, "players_requested": 1}],
)
FORECAST = {"system_id": ODD, "mean": 18.4, "p10": 9.2, "p90": 27.8, "line": 18.5, "p_over": 0.48}
FORECAST |= {"recommendation": ODD}
ROW = FORECAST | {"player_lookup": "x", "player_name": ODD, "team": ODD, "opponent": ODD, "is_home": True}
EXPLAINED = {
    "game_date": ODD,
    "sentence": ODD,
    "next_step": ODD,
    "steps": [{"rule": ODD, "is_ok": True, "detail": ODD}],
    "forecast": FORECAST,
}
CHECK = {"name": ODD, "is_ok": False, "found": ODD, "next_step": ODD}
HELD = {"game_date": ODD, "hold": "paused", "message": ODD}
LETTER = {"message_id": ODD, "state": ODD, "stored_at": NOW, "source_subscription": ODD, "reason": ODD}


@pytest.mark.parametrize(
    ("words", "body", "status", "times"),
    [
        pytest.param(("status",), STATUS, 200, 10, id="a status"),
        pytest.param(("status", "--check", "sla"), STATUS, 503, 10, id="a deadline that was missed"),
        pytest.param(("explain", "x"), EXPLAINED, 200, 7, id="an explanation"),
        pytest.param(("predict-player", "x"), EXPLAINED, 409, 7, id="a player who cannot be requested"),
        pytest.param(("pause", "--reason", ODD), HELD, 200, 2, id="a pause"),
        pytest.param(("plan",), {"game_date": ODD, "status": ODD}, 200, 2, id="a plan"),
        pytest.param(
            ("dead-letters", "list"), {"dead_letters": [LETTER]}, 200, 4, id="a list of dead letters"
        ),
        pytest.param(("dead-letters", "show", ODD), LETTER, 200, 4, id="a dead letter"),
        pytest.param(("doctor",), {"status": "ready", "checks": [CHECK]}, 200, 3, id="a server's checks"),
    ],
)
def test_a_command_shows_it_as_it_was_written(nba_props, server, monkeypatch, words, body, status, times):
    monkeypatch.setenv("COLUMNS", "1000")
    server.otherwise = (status, body)

    _, out, err = nba_props(*words, "--url", server.url)

    assert err == ""
    assert "\x1b" not in out
    assert out.replace("_", " ").count(SHOWN.replace("_", " ")) == times


def test_a_status_that_is_followed_shows_it_as_it_was_written(nba_props, server, monkeypatch):
    monkeypatch.setenv("COLUMNS", "1000")
    server.get("/status", STATUS | {"state": "complete"})

    code, out, err = nba_props("status", "--watch", "--url", server.url)

    assert (code, err) == (0, "")
    assert out.count(SHOWN) == 9


def _accuracy():
    recent = {"slates": 1, "forecasts": 9, "mae": 4.9, "coverage_80": 0.8, "bias": 0.1, "mean_p_over": None}
    recent |= {"share_over": None, "brier": None, "bets": 0, "hit_rate": None, "roi": None}
    judged = {"verdict": "drifted", "low": None, "high": None, "history_slates": 3}
    system = {"system_id": ODD, "recent": recent, "before": None, "error": judged, "coverage": judged}
    system |= {"drifted_since": ODD}
    tell(*told_report({"game_date": ODD, "newest_slate": ODD, "systems": [system]}))


def _no_accuracy():
    tell(*told_report({"game_date": ODD, "systems": []}))


def _replay():
    found = difference([ROW | {"mean": 1.0}], [ROW], ODD)
    tell(*told_replay({"game_date": ODD, "state": ODD, "into": ODD} | found.as_dict(), found))


def _forecasts():
    summary = {"game_date": ODD, "state": ODD, "players_expected": 1, "players_ready": 1, "predicted": 1}
    summary |= {"skipped": 1, "failed": 1, "skipped_by_reason": {ODD: 1}, "failed_by_reason": {}}
    summary |= {"predictions": 1, "judgement": ODD, "not_ready_by_reason": {ODD: 1}}
    summary |= {"seconds": {"phase4": 1.0, "trigger_to_complete": None}}
    print_forecasts(summary, [ROW], ODD)


def _no_forecasts():
    print_forecasts({"game_date": ODD, "state": ODD, "players_expected": 0}, [], ODD)


@pytest.mark.parametrize(
    ("show", "times"),
    [
        pytest.param(_accuracy, 4, id="accuracy"),
        pytest.param(_no_accuracy, 1, id="accuracy of nothing"),
        pytest.param(_replay, 6, id="a replay"),
        pytest.param(_forecasts, 10, id="forecasts"),
        pytest.param(_no_forecasts, 2, id="no forecasts"),
        pytest.param(lambda: print_body({ODD: ODD}), 2, id="an answer in two columns"),
    ],
)
def test_a_table_shows_it_as_it_was_written(capsys, monkeypatch, show, times):
    monkeypatch.setenv("COLUMNS", "1000")

    show()

    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert out.count(SHOWN) == times


def test_progress_takes_the_name_of_a_slate_as_it_stands(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "1000")

    with bars() as progress:
        progress.add_task(SHOWN, total=1)

    assert SHOWN in capsys.readouterr().err
