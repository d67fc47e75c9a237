"""What could not be published is reported, alerted and left wanted."""

from phase5_bench import told
from slate_builder import OUTCOMES, REQUESTS

from shared.errors import DependencyUnavailable

UNAVAILABLE = {"status": "error", "message": "not available now, try again"}


def test_players_of_a_shard_that_was_not_taken_stay_wanted(make_phase5, slate):
    phase5 = make_phase5(shard_players=5)
    slate.ready(20)
    phase5.publisher.failing = {1, 3}

    response = phase5.start()

    body = response.get_json()
    assert (response.status_code, body["status"]) == (202, "started")
    assert (body["players_processed_this_batch"], body["players_not_published"]) == (10, 10)
    taken = slate.names[:5] + slate.names[10:15]
    assert sorted(row["player_lookup"] for row in slate.rows(REQUESTS)) == taken
    phase5.publisher.failing = set()
    assert phase5.retry().get_json()["players_published"] == 10
    assert sorted(phase5.publisher.players()) == slate.names


def test_some_lost_shards_raise_a_warning(make_phase5, slate):
    phase5 = make_phase5(shard_players=5)
    slate.ready(20)
    phase5.publisher.failing = {1}

    phase5.trigger()

    (alert,) = phase5.alerter.sent
    assert (alert.kind, alert.severity) == ("publish_failed", "warning")
    assert alert.text == "5 of 20 requests were not taken and stay wanted: told to fail."


def test_when_nothing_is_published_the_event_survives_and_a_person_is_paged(phase5, slate):
    slate.ready(20)
    phase5.publisher.failing = {0}

    response = phase5.trigger()

    assert (told(response), response.headers["Retry-After"]) == ((503, UNAVAILABLE), "10")
    assert [(alert.kind, alert.severity) for alert in phase5.alerter.sent] == [("publish_failed", "critical")]
    assert (slate.state, slate.rows(REQUESTS), slate.rows(OUTCOMES)) == ("waiting", [], [])


def test_a_publisher_that_is_away_loses_nobody_and_alerts_once(phase5, slate):
    slate.ready(20)
    phase5.publisher.error = DependencyUnavailable("no route to the topic")
    refused = [phase5.trigger().status_code for _ in range(2)]
    phase5.publisher.error = None

    response = phase5.trigger()

    assert (refused, response.status_code) == ([503, 503], 202)
    assert phase5.publisher.players() == slate.names
    assert phase5.alerter.kinds() == ["publish_failed", "publish_failed:resolved"]


def test_a_claim_that_published_nothing_is_given_back_at_once(phase5, slate):
    slate.ready(20)
    phase5.publisher.failing = {0}
    phase5.start()

    row = slate.row

    assert (row["state"], row["lease_until"]) == ("waiting", None)


def test_newcomers_are_ended_though_nothing_could_be_published(phase5, slate):
    slate.expect(20)
    slate.features(ready=18, no_history=2)
    phase5.publisher.failing = {0}

    response = phase5.trigger()

    assert response.status_code == 503
    assert set(slate.endings()) == {"p018", "p019"}


def test_a_player_without_features_is_not_ready_and_keeps_nobody_back(phase5, slate, session_store):
    slate.ready(20)
    rows = slate.rows("nba_predictions.ml_feature_store_v2", "player_lookup")
    rows[0] |= {"features": None, "feature_names": None}
    session_store.replace_partition("nba_predictions.ml_feature_store_v2", slate.game_date, rows)

    response = phase5.trigger()

    assert (response.status_code, phase5.publisher.players()) == (202, slate.names[1:])
