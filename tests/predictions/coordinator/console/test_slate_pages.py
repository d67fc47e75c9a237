"""A slate's page: what it rests on, what a part that cannot be read leaves, and what each answer carries."""

import re
from datetime import timedelta
from html import unescape

import pytest
from watched_ports import raising

from predictions.coordinator.console.edge import STATIC_SECONDS
from predictions.coordinator.slate_store import SlateStore
from shared.errors import DependencyRejected

PARTS = {
    "player_states": "Who is missing could not be read",
    "batches": "The batches could not be read",
    "runs": "The run history could not be read",
    "sent_alerts": "What was sent of the alerts could not be read",
    "dead_letters": "The dead letters could not be read",
    "headline_forecasts": "The forecasts could not be read",
}
FRAGMENT_READS = ["batches", "dead_letters", "player_states", "runs", "sent_alerts", "snapshot"]


@pytest.fixture
def page(phase5, slate):
    """Return a function that opens a page of the slate."""
    return lambda path="": phase5.client.get(f"/console/{slate.game_date}{path}")


def words(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def test_a_slates_page_is_seven_reads_and_its_live_part_six(phase5, slate, page):
    slate.under_way(5)
    phase5.store.calls.clear()

    page()
    whole = sorted(phase5.store.calls)
    phase5.store.calls.clear()
    page("/live")

    assert whole == sorted([*FRAGMENT_READS, "headline_forecasts"])
    assert sorted(phase5.store.calls) == FRAGMENT_READS


@pytest.mark.parametrize("read", PARTS)
def test_a_part_that_cannot_be_read_says_so_in_its_place_and_the_rest_stands(phase5, slate, page, logs, read):
    slate.under_way(5)
    refused = DependencyRejected("column x is not there")
    phase5.store.before(read, raising(refused))

    response = page()

    said = words(response)
    assert response.status_code == 200
    assert f"{PARTS[read]}. column x is not there" in said
    assert said.count("could not be read") == 1
    assert "0 of 5 players done" in said
    (line,) = [line for line in logs if line["event_name"] == "part_unread"]
    assert line["reason"] == "column x is not there"


def test_a_slate_that_cannot_be_read_is_a_503_that_says_broken(phase5, slate, page):
    phase5.store.breaks("snapshot")

    response = page()

    assert response.status_code == 503
    assert "Broken: the store or the message service did not answer" in words(response)
    assert response.headers["Retry-After"] == str(phase5.settings.retry_after_seconds)
    assert response.headers["X-Correlation-Id"] in response.text


def test_what_nobody_foresaw_is_a_500_without_the_text_of_the_error(phase5, slate, page):
    phase5.store.before("snapshot", raising(KeyError("secret")))

    response = page()

    assert (response.status_code, response.mimetype) == (500, "text/html")
    assert "secret" not in response.text
    assert "nobody foresaw" in words(response)


def test_every_answer_forbids_what_it_does_not_need_and_is_not_kept(phase5, slate, page):
    for response in (page(), page("/nothing"), phase5.client.post(f"/console/{slate.game_date}/do/start")):
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["console.css", "console.js"])
def test_static_files_are_kept_for_a_day_under_an_address_that_changes_with_them(phase5, page, name):
    (address,) = re.findall(rf'"(/console/static/{name}\?v=[0-9a-f]{{12}})"', page().text)

    response = phase5.client.get(address)

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == f"private, max-age={STATIC_SECONDS}"
    response.close()


def test_the_page_looks_again_often_while_a_batch_is_under_way_and_never_once_it_has_ended(
    phase5, slate, page
):
    def every():
        return re.search(r'data-every="(\d+)"', page("/live").text)[1]

    waiting = every()
    slate.under_way(5)
    busy = every()
    slate.answer()
    phase5.complete()

    assert (waiting, busy, every()) == ("30", "5", "0")


def test_a_slate_that_was_done_in_time_stays_fine_when_it_is_renewed_later(phase5, slate, clock, page):
    slate.under_way(5)
    slate.answer()
    phase5.complete()
    clock.advance(timedelta(hours=3).total_seconds())
    slate.expect(["p000"], line=40.5)
    phase5.retry()
    slate.answer()
    phase5.complete()

    said = words(page())

    assert "Fine All 5 expected players have a forecast" in said
    assert "before the deadline; renewed 11:" in said


def test_alerts_are_shown_with_what_to_do_and_a_link_where_the_runbook_has_an_address(
    make_phase5, slate, clock
):
    phase5 = make_phase5(runbook_url="https://docs.test/runbook")
    slate.ready(20)
    clock.advance(timedelta(hours=3).total_seconds())
    phase5.status(check="sla")

    page = phase5.client.get(f"/console/{slate.game_date}")

    assert "What to do: find the first empty step" in words(page)
    assert 'href="https://docs.test/runbook#no_predictions"' in page.text


def test_a_dead_letter_is_shown_whole_and_never_run(phase5, slate, page):
    body = b'{"players": "<script>alert(1)</script>", "game_date": "%s"}' % str(slate.game_date).encode()
    attributes = {"CloudPubSubDeadLetterSourceSubscription": "<script>alert(2)</script>"}
    phase5.push("/dead-letter", body, **attributes)

    listed, whole = page(), page("/letters/m1")

    for response in (listed, whole):
        assert response.status_code == 200
        assert "<script>alert" not in response.text
    assert "<script>alert(1)</script>" in unescape(whole.text)
    assert "<script>alert(2)</script>" in unescape(listed.text)


def test_a_letter_that_there_is_not_is_not_found(page):
    assert page("/letters/none").status_code == 404


def test_ten_thousand_players_without_a_forecast_are_still_a_small_page(phase5, slate, page, monkeypatch):
    slate.under_way(1)
    (row,) = phase5.parts.players.states(slate.game_date)
    rows = [
        row | {"player_lookup": f"p{n}", "player_name": f"Player Number {n}", "game_id": f"g{n // 20}"}
        for n in range(10_000)
    ]
    monkeypatch.setattr(SlateStore, "player_states", lambda self, game_date: rows)

    response = page()

    assert "10,000 players" in words(response)
    assert len(response.data) < 300 * 1024
