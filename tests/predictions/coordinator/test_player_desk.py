"""One player of a slate: explained to people, and asked for again, alone, under the slate's claim."""

import pytest
from phase5_bench import told
from slate_builder import CONTEXT, FORECASTS, OUTCOMES, REQUESTS
from watched_ports import Died, raising

from shared.outcomes import Reason
from shared.statements import inline_statement

UNAVAILABLE = {"status": "error", "message": "not available now, try again"}
STAMP = "UPDATE nba_predictions.ml_feature_store_v2 SET status = 'ACTIVE' WHERE game_date = @game_date"
HOLD = "UPDATE nba_reference.slates SET hold = @hold WHERE game_date = @game_date"


@pytest.fixture
def explain(phase5, slate):
    """Ask why a player has a forecast, or none."""

    def ask(player):
        query = {"game_date": slate.game_date.isoformat(), "player": player}
        return told(phase5.client.get("/explain", query_string=query))

    return ask


@pytest.fixture
def predict(phase5, slate):
    """Ask for a player again."""

    def ask(player, on=phase5):
        body = {"game_date": slate.game_date.isoformat(), "player": player}
        return told(on.client.post("/predict-player", json=body))

    return ask


@pytest.fixture
def complete(phase5, slate):
    """A slate of 20 that is complete."""
    slate.ready(20)
    phase5.trigger()
    slate.answer()
    phase5.complete()
    assert slate.state == "complete"


# ---------------------------------------------------------------- states


def test_each_player_stands_once_by_game_team_and_name_however_many_lines_are_forecast(make_phase5, slate):
    many = make_phase5(use_multiple_lines=True)
    slate.ready(3)
    slate.expect(["p900"], game_id="g0", team="ATL", status="OUT")
    many.trigger()

    states = many.parts.players.states(slate.game_date)

    assert [row["player_lookup"] for row in states] == ["p900", "p000", "p001", "p002"]
    assert [row["is_expected"] for row in states] == [False, True, True, True]
    assert [row["is_in_flight"] for row in states] == [False, True, True, True]


def test_requests_are_counted_and_dated_for_the_input_that_he_has_now(phase5, slate, clock):
    slate.ready(20)
    phase5.trigger()
    asked_at = slate.rows(REQUESTS)[0]["requested_at"]
    slate.answer(Reason.TRANSIENT, ["p000"])

    failed, waiting = phase5.parts.players.states(slate.game_date)[:2]

    assert (failed["outcome"], failed["reason"], failed["is_terminal"]) == ("failed", "transient", False)
    assert (failed["request_count"], failed["requests_left"]) == (1, 2)
    assert (failed["last_requested_at"], failed["last_answered_at"]) == (asked_at, clock.now())
    assert failed["in_flight_until"] is None
    assert (waiting["in_flight_until"] - asked_at).total_seconds() == 480


def test_the_forecast_is_the_headline_systems_and_else_another(phase5, slate, complete):
    (one,) = slate.rows(FORECASTS)[:1]
    slate.end([], "predicted")
    others = [dict(one, system_id="zeta_v1", mean=1.0), dict(one, system_id="alpha_v1", mean=2.0)]
    phase5.store.append(FORECASTS, others)
    shown = {row["player_lookup"]: row for row in phase5.parts.players.states(slate.game_date)}

    assert shown[one["player_lookup"]]["forecast_system"] == "ensemble_v2"
    assert shown[one["player_lookup"]]["forecast_mean"] == one["mean"]
    assert shown[one["player_lookup"]]["forecast_is_released"] is True


# ---------------------------------------------------------------- explained


def test_a_player_who_is_out_is_explained_with_nothing_to_do(slate, explain):
    slate.expect(3)
    slate.expect(["p000"], status="OUT")

    status, body = explain("P000")

    assert status == 200
    assert (body["player_lookup"], body["player_name"], body["verdict"]) == ("p000", "P000", "ruled_out")
    assert (body["sentence"], body["next_step"]) == ("P000 is not expected: he is OUT.", "Nothing to do.")
    assert body["forecast"] is None


def test_a_forecast_is_shown_with_what_decides(slate, explain, complete):
    status, body = explain("p003")

    assert (status, body["verdict"]) == (200, "predicted")
    assert body["forecast"]["system_id"] == "ensemble_v2"
    assert (body["forecast"]["is_released"], body["forecast"]["is_current"]) == (True, True)


def test_a_line_that_moved_leaves_the_forecast_of_the_older_one_on_show(slate, explain, complete):
    slate.expect(["p003"], line=30.5)

    _, body = explain("p003")

    assert body["verdict"] == "wanted"
    assert (body["forecast"]["line"], body["forecast"]["is_current"]) == (20.5, False)


def test_on_a_slate_without_anybody_nobody_is_unknown(slate, explain):
    status, body = explain("LeBron James")

    assert (status, body["verdict"]) == (200, "not_on_slate")
    assert (body["player_lookup"], body["player_name"]) == ("lebronjames", "LeBron James")


def test_on_a_slate_without_games_that_is_why(slate, explain):
    slate.ran("run1", "no_games")

    assert explain("LeBron James")[1]["verdict"] == "no_games"


def test_an_unknown_name_is_answered_404_with_near_ones_and_an_ambiguous_one_400(slate, explain):
    slate.expect(["lukadoncic"], player_name="Luka Dončić")
    slate.expect(["jalenwilliams"], player_name="Jalen Williams")
    slate.expect(["jaylinwilliams"], player_name="Jaylin Williams")

    unknown, ambiguous = explain("Luka Doncik"), explain("williams")

    assert unknown[0] == 404
    assert unknown[1]["message"].endswith("; near are Luka Dončić (lukadoncic, BOS)")
    assert (ambiguous[0], ambiguous[1]["field"]) == (400, "player")


@pytest.mark.parametrize("query", [{}, {"player": ""}, {"player": "x" * 101}, {"player": "x", "who": "y"}])
def test_a_query_that_names_nobody_is_refused(phase5, query):
    assert phase5.client.get("/explain", query_string=query).status_code == 400


def test_a_store_that_is_away_explains_nothing(phase5, slate, explain):
    slate.expect(1)
    phase5.store.breaks("player_states")

    assert explain("p000") == (503, UNAVAILABLE)


# ---------------------------------------------------------------- asked for again


def test_one_player_is_asked_for_alone_and_a_complete_slate_is_complete_again(
    phase5, slate, predict, complete, logs
):
    first = slate.row
    logs.clear()

    status, body = predict("P007")

    asked = [row for row in slate.rows(REQUESTS) if row["batch_id"] == body["batch_id"]]
    assert status == 202
    assert [(row["player_lookup"], row["trigger_source"]) for row in asked] == [("p007", "player:p007")]
    assert (slate.state, slate.row["generation"]) == ("predicting", first["generation"] + 1)
    (line,) = (line for line in logs if line["event_name"] == "player_asked_for")
    assert (line["by"], line["player_lookup"]) == ("local operator", "p007")

    assert slate.answer() == 1
    phase5.complete()

    assert (slate.state, slate.row["batch_id"]) == ("complete", body["batch_id"])
    assert (phase5.status().get_json()["predicted"], phase5.alerter.kinds()) == (20, [])
    assert slate.row["released_batches"] == ";".join(sorted([first["batch_id"], body["batch_id"]]))


def test_all_of_his_lines_are_asked_for(make_phase5, slate, predict):
    many = make_phase5(use_multiple_lines=True)
    slate.ready(20)

    status, _ = predict("p007", on=many)

    assert status == 202
    assert many.publisher.players() == ["p007"] * 5


def test_who_is_asked_for_alone_leaves_the_others_wanted(phase5, slate, predict):
    slate.ready(20)

    predict("p007")

    assert phase5.publisher.players() == ["p007"]
    assert phase5.status().get_json()["wanted"] == 19
    assert phase5.retry().get_json()["players_retry_requested"] == 19


@pytest.mark.parametrize(
    ("change", "is_behind"),
    [
        pytest.param({}, False, id="nothing has changed"),
        pytest.param({"players": ["p001"], "status": "QUESTIONABLE"}, True, id="a team-mate's status"),
        pytest.param({"players": ["p000"], "status": "PROBABLE"}, True, id="his own"),
        pytest.param({"players": ["p001"], "status": "OUT", "team": "NYK"}, False, id="an opponent's"),
        pytest.param({"players": ["p001"], "line": 9.5}, False, id="a line"),
    ],
)
def test_who_is_asked_for_is_told_whether_the_news_is_newer_than_the_features(
    phase5, slate, predict, change, is_behind
):
    slate.expect(3)
    slate.features(ready=3)
    stamp = inline_statement("stamp", STAMP, game_date="DATE")
    phase5.store.execute(stamp, game_date=slate.game_date)
    if change:
        slate.expect(
            change["players"], **{name: value for name, value in change.items() if name != "players"}
        )

    status, body = predict("p000")

    assert (status, body["features_are_behind"]) == (202, is_behind)
    assert body["message"].endswith("POST /refresh brings them up to date") is is_behind


def test_features_that_kept_no_status_are_not_called_behind(slate, predict):
    slate.ready(3)
    slate.expect(["p001"], status="OUT")

    assert predict("p000")[1]["features_are_behind"] is False


def test_the_source_of_a_long_name_is_cut(phase5, slate, predict):
    name = "x" * 90
    slate.ready(19)
    slate.expect([name])
    slate.features(ready=20)

    predict(name)

    assert slate.rows(REQUESTS)[0]["trigger_source"] == f"player:{name}"[:64]


@pytest.mark.parametrize(
    ("player", "verdict"),
    [("p000", "ruled_out"), ("p001", "not_ready"), ("p002", "newcomer"), ("p003", "no_features")],
)
def test_who_cannot_be_asked_for_is_answered_409_with_the_reason(phase5, slate, predict, player, verdict):
    slate.expect(5)
    slate.features(ready=["p000", "p004"], not_ready=["p001"], no_history=["p002"])
    slate.expect(["p000"], status="OUT")

    status, body = predict(player)

    assert (status, body["verdict"]) == (409, verdict)
    assert phase5.publisher.published == []
    assert slate.row["generation"] == 0


@pytest.mark.parametrize("hold", ["paused", "cancelled"])
def test_on_a_slate_that_is_held_nobody_is_asked_for(phase5, slate, predict, hold):
    slate.ready(2)
    held = inline_statement("hold", HOLD, hold="STRING", game_date="DATE")
    phase5.store.execute(held, hold=hold, game_date=slate.game_date)

    status, body = predict("p001")

    assert (status, body["verdict"]) == (409, hold)
    assert phase5.publisher.published == []


def test_after_the_slates_day_nobody_is_asked_for_and_the_graded_forecast_stands(
    phase5, slate, clock, predict, complete
):
    before = len(phase5.publisher.published), slate.row["generation"]
    clock.advance(24 * 3600)

    status, body = predict("p003")

    assert (status, body["verdict"]) == (409, "slate_over")
    assert body["sentence"].startswith("P003 is not forecast again: the day of the slate is over")
    assert body["next_step"] == "Nothing to do."
    assert (len(phase5.publisher.published), slate.row["generation"]) == before


def test_after_the_slates_day_he_is_explained_as_he_stands(slate, clock, explain, complete):
    clock.advance(24 * 3600)

    assert explain("p003")[1]["verdict"] == "predicted"


def test_while_somebody_else_is_at_the_slate_the_answer_is_come_again(make_phase5, phase5, slate, predict):
    slate.ready(2)
    other = make_phase5()
    phase5.store.before("claim", other.start)

    assert predict("p001") == (503, UNAVAILABLE)
    assert phase5.publisher.published == []


def test_a_live_claim_is_not_taken_over(phase5, slate, predict):
    slate.ready(2)
    phase5.publisher.after.append(raising(Died()))
    with pytest.raises(Died):
        phase5.start()

    assert predict("p001") == (503, UNAVAILABLE)


def test_a_request_that_is_not_taken_is_503_and_leaves_a_complete_slate_complete(
    phase5, slate, predict, complete
):
    phase5.publisher.failing = {0}

    assert predict("p001") == (503, UNAVAILABLE)
    assert slate.state == "complete"


def test_a_slate_that_changes_between_the_reads_is_read_again(phase5, slate, predict):
    slate.ready(20)

    def new_run():
        slate.features(ready=slate.names, run="run2")

    phase5.store.before("wanted_players", new_run)

    status, _ = predict("p001")

    assert status == 202
    assert [row["feature_run_id"] for row in slate.rows(REQUESTS)] == ["run2"]
    assert slate.rows(OUTCOMES) == []
    assert slate.rows(CONTEXT)
