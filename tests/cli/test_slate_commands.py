"""The commands about a slate, and about one player on it: what they send, what people and programs read."""

import json

import pytest
from statuses import finished, status_body

DAY = "2025-01-15"
COMMON = {"game_date": DAY, "trigger_source": "manual"}
STARTED = COMMON | {"status": "started", "batch_id": "batch_1", "players_processed_this_batch": 431}
RETRIED = COMMON | {"status": "started", "batch_id": "batch_2", "players_retry_requested": 1}
SETTLED = COMMON | {"status": "already_complete", "message": "All 60 players already processed"}
PLANNED = COMMON | {
    "status": "would_start",
    "message": "60 of 60",
    "players_wanted": 60,
    "players_to_skip": 0,
}
PAUSED = {
    "game_date": DAY,
    "hold": "paused",
    "reason": "news",
    "held_by": "ann",
    "changed": True,
    "message": "The slate is now paused",
}
RESUMED = PAUSED | {"hold": None, "message": "The slate is resumed", "started": SETTLED}
REFRESHED = COMMON | {
    "status": "started",
    "lines_moved": 1,
    "statuses_changed": 2,
    "ruled_out": ["joedoe"],
    "phase4_asked": True,
    "batch_id": "batch_3",
    "players_requested": 9,
    "message": "9 players are requested again",
}
NO_NEWS = REFRESHED | {
    "status": "nothing_started",
    "lines_moved": 0,
    "statuses_changed": 0,
    "ruled_out": [],
    "phase4_asked": False,
    "batch_id": None,
    "players_requested": 0,
    "message": "Nothing has changed.",
}
EXPLAINED = {
    "game_date": DAY,
    "player_lookup": "joedoe",
    "player_name": "Joe Doe",
    "verdict": "not_ready",
    "sentence": "Joe Doe has no forecast, since his features are not ready.",
    "next_step": "Run Phase 4 again.",
    "steps": [
        {"rule": "slate", "is_ok": True, "detail": "DUN at home to ZEN"},
        {"rule": "ready", "is_ok": False, "detail": "stale"},
        {"rule": "request", "is_ok": None, "detail": "not reached"},
    ],
    "forecast": None,
}
FORECAST = {
    "system_id": "ensemble_v2",
    "mean": 18.37,
    "p10": 9.2,
    "p90": 27.8,
    "line": 18.5,
    "p_over": 0.48,
    "recommendation": "UNDER",
}
REQUESTED = {
    "game_date": DAY,
    "player_lookup": "joedoe",
    "batch_id": "batch_4",
    "message": "requested",
    "features_are_behind": False,
}
FOLLOW = "Follow it: nba-props status --watch"


@pytest.mark.parametrize(
    ("words", "path", "sent", "body", "status", "lines"),
    [
        pytest.param(
            ("start",),
            "/start",
            {"force": False},
            STARTED,
            202,
            [f"{DAY}: batch batch_1 asks for 431 players.", FOLLOW],
            id="a batch is started",
        ),
        pytest.param(
            ("start", "--force", "--min-minutes", "20", "--date", DAY),
            "/start",
            {"game_date": DAY, "force": True, "min_minutes": 20.0},
            STARTED | {"players_not_published": 3},
            202,
            [
                f"{DAY}: batch batch_1 asks for 431 players; 3 could not be published, "
                "which the next retry asks for again.",
                FOLLOW,
            ],
            id="by force, and some were not published",
        ),
        pytest.param(
            ("start",),
            "/start",
            {"force": False},
            SETTLED,
            200,
            [
                f"{DAY}: All 60 players already processed.",
                "Everybody again all the same: nba-props start --force",
            ],
            id="nothing to start",
        ),
        pytest.param(
            ("retry",),
            "/retry",
            {"force": False},
            RETRIED,
            202,
            [f"{DAY}: batch batch_2 asks for 1 player.", FOLLOW],
            id="a retry",
        ),
        pytest.param(
            ("refresh",),
            "/refresh",
            {},
            REFRESHED,
            202,
            [
                f"{DAY}: 1 line moved, 2 statuses changed.",
                "Ruled out: joedoe.",
                "Phase 4 computes the features again; whom it changes follows.",
                f"{DAY}: batch batch_3 asks for 9 players.",
                FOLLOW,
            ],
            id="news",
        ),
        pytest.param(
            ("refresh", "--date", DAY),
            "/refresh",
            {"game_date": DAY},
            NO_NEWS,
            200,
            [f"{DAY}: 0 lines moved, 0 statuses changed.", "Nothing has changed."],
            id="no news",
        ),
        pytest.param(
            ("pause", "--reason", "news"),
            "/pause",
            {"reason": "news"},
            PAUSED,
            200,
            [f"{DAY}: The slate is now paused.", "Let it go on: nba-props resume"],
            id="a pause",
        ),
        pytest.param(
            ("cancel", "--date", DAY),
            "/cancel",
            {"game_date": DAY},
            PAUSED | {"hold": "cancelled", "message": "The slate is now cancelled"},
            200,
            [f"{DAY}: The slate is now cancelled.", "Take it back: nba-props resume"],
            id="a cancellation",
        ),
        pytest.param(
            ("resume",),
            "/resume",
            {},
            RESUMED,
            200,
            [
                f"{DAY}: The slate is resumed.",
                f"{DAY}: All 60 players already processed.",
                "Everybody again all the same: nba-props start --force",
            ],
            id="the end of a hold, and what it starts",
        ),
        pytest.param(
            ("predict-player", "Joe Doe"),
            "/predict-player",
            {"player": "Joe Doe"},
            REQUESTED,
            202,
            [
                f"{DAY}: joedoe is requested again in batch batch_4.",
                "See what came of it: nba-props explain joedoe",
            ],
            id="one player",
        ),
        pytest.param(
            ("predict-player", "joedoe", "--date", DAY),
            "/predict-player",
            {"game_date": DAY, "player": "joedoe"},
            REQUESTED | {"features_are_behind": True},
            202,
            [
                f"{DAY}: joedoe is requested again in batch batch_4.",
                "His features are older than the news about him or a team-mate: nba-props refresh",
                "See what came of it: nba-props explain joedoe",
            ],
            id="one player, whose features are behind",
        ),
    ],
)
def test_an_order_is_sent_and_its_answer_told_in_sentences(
    nba_props, server, words, path, sent, body, status, lines
):
    server.post(path, body, status)

    code, out, err = nba_props(*words, "--url", server.url)
    _, printed, _ = nba_props(*words, "--url", server.url, "--json")

    assert (code, err) == (0, "")
    assert server.asked == [("POST", path, sent)] * 2
    assert out.splitlines() == lines
    assert json.loads(printed) == body


def test_a_plan_is_a_look(nba_props, server):
    server.get("/plan", PLANNED)

    code, out, _ = nba_props("plan", "--date", DAY, "--url", server.url)

    assert (code, server.asked) == (0, [("GET", "/plan", {"game_date": DAY})])
    assert out.splitlines() == [
        f"{DAY}: 60 of 60; a start would ask for 60 players.",
        "Do it: nba-props start",
    ]


def test_an_explanation_marks_every_rule_and_ends_with_what_to_do(nba_props, server):
    server.get("/explain", EXPLAINED)

    code, out, _ = nba_props("explain", "Joe Doe", "--date", DAY, "--url", server.url)

    assert (code, server.asked) == (0, [("GET", "/explain", {"game_date": DAY, "player": "Joe Doe"})])
    assert [line.rstrip() for line in out.splitlines()] == [
        f"{DAY}  Joe Doe has no forecast, since his features are not ready.",
        "✓  slate    DUN at home to ZEN",
        "✗  ready    stale",
        "·  request  not reached",
        "Run Phase 4 again.",
    ]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "ensemble_v2 says 18.4 points (9 to 28 in eight of ten games), line 18.5, over 48%: UNDER"),
        (
            {"line": None, "p_over": None, "recommendation": "NO_LINE"},
            "ensemble_v2 says 18.4 points (9 to 28 in eight of ten games), no line: NO_LINE",
        ),
    ],
)
def test_an_explanation_has_the_forecast_that_is_shown(nba_props, server, changes, told):
    server.get("/explain", EXPLAINED | {"forecast": FORECAST | changes})

    assert told in nba_props("explain", "Joe Doe", "--url", server.url)[1]


def test_a_player_who_cannot_be_requested_is_explained_and_ends_with_1(nba_props, server):
    server.post("/predict-player", EXPLAINED, 409)

    code, out, err = nba_props("predict-player", "Joe Doe", "--url", server.url)
    ended, printed, _ = nba_props("predict-player", "Joe Doe", "--url", server.url, "--json")

    assert (code, ended, err) == (1, 1, "")
    assert "✗  ready    stale" in out
    assert json.loads(printed) == EXPLAINED


def test_text_from_elsewhere_cannot_steer_the_terminal(nba_props, server):
    server.get("/explain", EXPLAINED | {"sentence": "\x1b[2Jgone", "next_step": "a\rb"})
    server.post("/pause", PAUSED | {"message": "\x1b[31mred"})

    explained, paused = (
        nba_props(*words, "--url", server.url)[1] for words in (("explain", "x"), ("pause",))
    )

    assert "\x1b" not in explained + paused
    assert "\\x1b[2Jgone" in explained
    assert "a\\rb" in explained


def test_a_status_is_printed_whole_for_programs(nba_props, server):
    server.get("/status", status_body())

    code, out, _ = nba_props("status", "--date", DAY, "--json", "--url", server.url)

    assert (code, json.loads(out)) == (0, status_body())
    assert server.asked == [("GET", "/status", {"game_date": DAY})]


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_check_of_the_deadline_shows_the_slate_and_ends_with_1_if_it_was_missed(
    nba_props, server, status, code
):
    server.get("/status", finished(), status)

    ended, out, err = nba_props("status", "--check", "sla", "--url", server.url)

    assert (ended, err) == (code, "")
    assert server.asked == [("GET", "/status", {"check": "sla"})]
    assert "complete: all 60 expected players are done" in out


@pytest.mark.parametrize(
    ("words", "path", "sent", "body", "lines"),
    [
        pytest.param(
            ("phase4", "--date", DAY),
            "/process",
            {"game_date": DAY, "backfill": False, "publish": True},
            {
                "game_date": DAY,
                "status": "partial",
                "players_ready": 70,
                "players_processed": 84,
                "players_failed": 13,
                "seconds": 0.84,
                "run_id": "r1",
                "event": "published",
            },
            [
                f"{DAY}: partial, 70 players ready of 84, 13 not ready, in 0.8 s (run r1).",
                "Its event is published. Follow what it starts: nba-props status --watch",
            ],
            id="a run",
        ),
        pytest.param(
            ("phase4", "--republish"),
            "/republish",
            {},
            {"status": "success", "published": 1, "pending": 0},
            ["1 stored event published, 0 still waiting."],
            id="its event later",
        ),
    ],
)
def test_phase_4_is_asked_where_it_is_a_service_of_its_own(nba_props, server, words, path, sent, body, lines):
    server.post(path, body)

    code, out, err = nba_props(*words, "--url", "https://coordinator", "--precompute-url", server.url)

    assert (code, err, out.splitlines()) == (0, "", lines)
    assert server.asked == [("POST", path, sent)]


def test_on_this_machine_phase_4_is_a_folder_of_the_server(nba_props, server):
    server.post("/precompute/republish", {"published": 0, "pending": 0})

    assert nba_props("phase4", "--republish", "--url", server.url)[0] == 0


def test_a_token_of_the_environment_goes_with_every_call(nba_props, server, monkeypatch):
    monkeypatch.setenv("NBA_PROPS_TOKEN", "a.b.c")
    server.get("/plan", PLANNED)

    nba_props("plan", "--url", server.url)

    assert server.authorizations == ["Bearer a.b.c"]


def test_without_one_this_machine_is_called_without_an_identity(nba_props, server):
    server.get("/plan", PLANNED)

    nba_props("plan", "--url", server.url)

    assert server.authorizations == [None]
