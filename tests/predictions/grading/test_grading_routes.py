"""POST /grade and GET /accuracy: what they answer, whom they alert, and what they leave alone."""

from datetime import date, timedelta

import pytest
from past_games import said
from phase5_bench import SCHEDULER, Phase5
from slate_builder import Slate

from shared.slate import slate_date

USUAL = [4.9, 5.1]


@pytest.fixture
def today(clock):
    return slate_date(clock.now())


@pytest.fixture
def phase5(store, clock, today):
    return Phase5(store, clock, Slate(store, clock, today))


@pytest.fixture
def first(today):
    """A day that lies 60 slates before today."""
    return today - timedelta(days=60)


def grade(phase5: Phase5, last: date, **headers: str):
    return phase5.client.post("/grade", json={"game_date": last.isoformat()}, headers=headers)


def test_without_a_date_both_are_about_yesterdays_slate(phase5, games, today):
    games.season(today - timedelta(days=1), [5.0, 9.0])
    yesterday = (today - timedelta(days=1)).isoformat()

    answers = [phase5.client.post("/grade"), phase5.client.get("/accuracy")]

    for response in answers:
        body = response.get_json()
        assert (response.status_code, body["game_date"], body["newest_slate"]) == (200, yesterday, yesterday)
        assert body["systems"][0]["recent"]["mae"] == 5.0


def test_a_person_may_ask_about_another_last_slate(phase5, games, first):
    games.season(first, [5.0, 9.0])

    response = phase5.client.get("/accuracy", query_string={"game_date": first.isoformat()})

    assert response.get_json()["systems"][0]["recent"]["mae"] == 5.0


def test_before_any_box_score_has_come_there_is_nothing_to_tell_and_no_fault(phase5, games, first):
    games.forecast(said(first))

    response = grade(phase5, first)

    assert response.status_code == 200
    assert response.get_json() == {"game_date": first.isoformat(), "newest_slate": None, "systems": []}
    assert phase5.alerter.sent == []


def test_a_drift_is_alerted_with_what_changed_and_the_band_it_left(phase5, games, first):
    last = games.season(first, USUAL * 21 + [10.0, 10.0])

    grade(phase5, last)

    (alert,) = phase5.alerter.sent
    assert (alert.kind, alert.severity) == ("system_drift", "warning")
    assert alert.game_date == last - timedelta(days=1)
    assert alert.text.startswith("steady_v1: mean absolute error from 5.00 to 5.7")
    assert "outside 4.9" in alert.text
    assert "coverage" not in alert.text


def test_an_error_that_doubles_for_fourteen_slates_alerts_once_and_is_over_once_it_is(phase5, games, first):
    games.season(first, USUAL * 16 + [10.0] * 14 + USUAL * 7)

    for day in range(60):
        assert grade(phase5, first + timedelta(days=day)).status_code == 200

    assert phase5.alerter.kinds() == ["system_drift", "system_drift:resolved"]
    drifted, over = phase5.alerter.sent
    assert over.game_date == drifted.game_date
    assert over.text.startswith("No system drifts since then. ")


def test_a_drift_that_could_still_be_told_again_is_not_over(phase5, games, first):
    last = games.season(first, USUAL * 21 + [8.0] + [4.8] * 10)
    grade(phase5, last - timedelta(days=9))

    response = grade(phase5, last)

    assert response.get_json()["systems"][0]["drifted_since"] is None
    assert phase5.alerter.kinds() == ["system_drift"]


def test_the_end_of_a_drift_that_reached_nobody_is_told_by_a_later_grading(phase5, games, first, clock):
    last = games.season(first, USUAL * 16 + [10.0] * 14 + USUAL * 7)
    grade(phase5, first + timedelta(days=45))
    phase5.alerter.is_down = True
    grade(phase5, last)
    phase5.alerter.is_down = False
    clock.advance(86400)

    grade(phase5, last)
    grade(phase5, last)

    assert phase5.alerter.kinds() == ["system_drift", "system_drift:resolved"]


def test_asking_twice_about_the_same_slate_alerts_once(phase5, games, first):
    last = games.season(first, USUAL * 22 + [10.0])

    grade(phase5, last)
    grade(phase5, last)

    assert phase5.alerter.kinds() == ["system_drift"]


def test_systems_that_drift_on_one_slate_stand_in_one_alert(phase5, games, first):
    errors = USUAL * 22 + [10.0]
    last = games.season(first, errors)
    games.forecast(
        *(
            said(first + timedelta(days=day), f"p{n:02}", system_id="shadow_v1", p50=20.0, p10=0.0, p90=60.0)
            for day in range(len(errors))
            for n in range(20)
        )
    )

    grade(phase5, last)

    (alert,) = phase5.alerter.sent
    assert [text.partition(":")[0] for text in alert.text.split("; ")] == ["shadow_v1", "steady_v1"]


def test_intervals_that_no_longer_cover_are_alerted_in_percent(phase5, games, first):
    last, newer = games.season(first, USUAL * 22), phase5.parts.clock.now()
    games.forecast(
        *(
            said(last - timedelta(days=day), f"p{n:02}", p10=19.5, p90=20.5, feature_run_started_at=newer)
            for day in range(3)
            for n in range(20)
        )
    )

    grade(phase5, last)

    assert "steady_v1: 80% coverage from 100.00 to 78.57, outside 100.00 to 100.00%" in (
        phase5.alerter.sent[0].text
    )


def test_too_little_history_is_said_and_alerts_nobody(phase5, games, first):
    last = games.season(first, USUAL * 10 + [50.0] * 14)

    response = grade(phase5, last)

    (system,) = response.get_json()["systems"]
    assert system["error"]["verdict"] == system["coverage"]["verdict"] == "too_little_history"
    assert phase5.alerter.sent == []


def test_looking_at_the_accuracy_alerts_nobody_and_writes_nothing(phase5, games, first):
    last = games.season(first, USUAL * 22 + [10.0])

    response = phase5.client.get("/accuracy", query_string={"game_date": last.isoformat()})

    assert response.get_json()["systems"][0]["drifted_since"] == last.isoformat()
    assert phase5.alerter.sent == []
    assert phase5.store.calls == ["graded_slates"]


def test_an_alert_that_reached_nobody_is_sent_again_on_a_later_day(phase5, games, first, clock):
    last = games.season(first, USUAL * 22 + [10.0] * 2)
    phase5.alerter.is_down = True
    grade(phase5, last - timedelta(days=1))
    phase5.alerter.is_down = False
    clock.advance(86400)

    grade(phase5, last)

    (alert,) = phase5.alerter.sent
    assert (alert.kind, alert.game_date) == ("system_drift", last - timedelta(days=1))


@pytest.mark.parametrize("call", ["graded_slates", "snapshot", "raise_alert"])
def test_a_store_that_is_away_is_503_and_never_an_empty_report(phase5, games, first, call):
    last = games.season(first, USUAL * 22 + [10.0])
    phase5.store.breaks(call)

    response = grade(phase5, last, **SCHEDULER)

    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert grade(phase5, last, **SCHEDULER).status_code == 200
    assert phase5.alerter.kinds() == ["system_drift"]


@pytest.mark.parametrize(
    ("body", "field"),
    [({"game_date": "yesterday"}, "game_date"), ({"force": True}, "force")],
    ids=["no date", "an unknown wish"],
)
def test_what_is_wrong_is_refused_with_its_field(phase5, body, field):
    response = phase5.client.post("/grade", json=body)

    assert (response.status_code, response.get_json()["field"]) == (400, field)
    assert phase5.store.calls == []


def test_the_first_slate_there_is_can_be_asked_about(phase5):
    assert phase5.client.get("/accuracy", query_string={"game_date": "2020-01-01"}).status_code == 200
