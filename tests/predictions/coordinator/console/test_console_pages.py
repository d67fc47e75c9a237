"""The pages over HTTP: what they say of a slate, what they cost, and that no text becomes markup."""

import re
from datetime import timedelta
from html import unescape

import pytest
from past_games import PastGames, box_score, said

HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def page(phase5, slate):
    """Return a function that opens a page of the slate and returns the answer."""

    def open_page(path="", **query):
        return phase5.client.get(f"/console/{slate.game_date}{path}", query_string=query or None)

    return open_page


@pytest.fixture
def forecast_slate(slate):
    """A slate of ten players who all have a forecast."""
    slate.under_way(10)
    slate.answer()
    return slate


def words(response):
    """Return what a reader sees of a page, without markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


# ---------------------------------------------------------------- what the pages say


def test_the_console_leads_to_the_slate_of_today_or_of_the_date_that_is_asked_for(phase5, slate):
    today = phase5.client.get("/console")
    other = phase5.client.get("/console?date=2024-01-02")

    assert (today.status_code, today.location) == (302, f"/console/{slate.game_date}")
    assert other.location == "/console/2024-01-02"


def test_the_forecasts_page_lists_who_has_one(page, forecast_slate):
    said = words(page("/forecasts"))

    assert "1 to 10 of 10 forecasts" in said
    assert "P003" in said


def test_filters_stand_in_the_form_and_narrow_the_table(page, forecast_slate):
    response = page("/forecasts", q="p003", team="BOS")

    assert "1 to 1 of 1 forecast, 10 in all" in words(response)
    assert 'value="p003"' in response.text
    assert "<option selected>BOS</option>" in response.text


def test_every_column_can_be_sorted_without_scripts_and_says_how_it_is(page, forecast_slate):
    text = page("/forecasts", sort="line", dir="asc").text

    assert text.count('aria-sort="none"') == 8
    assert text.count('aria-sort="ascending"') == 1
    assert f'href="/console/{forecast_slate.game_date}/forecasts?sort=line&amp;dir=desc"' in text


def test_who_was_ruled_out_after_his_forecast_is_marked(page, forecast_slate):
    assert 'class="tag critical">' not in page("/forecasts").text

    forecast_slate.expect(["p003"], status="OUT")

    assert "P003 out" in words(page("/forecasts", q="p003"))


def test_a_slate_without_forecasts_says_what_brings_them(page, slate):
    assert "There are no forecasts of this slate yet. The first batch writes them" in words(
        page("/forecasts")
    )


def test_a_player_page_walks_the_rules_and_shows_what_each_system_says(page, forecast_slate):
    said = words(page("/players/p003"))

    assert "P003 has a forecast" in said
    assert "passed: answer" in said
    assert "ensemble_v2" in said


def test_a_player_is_found_by_what_people_call_him(page, forecast_slate):
    assert page("/players/P003").status_code == 200


def test_a_player_who_is_not_on_the_slate_has_no_page(page, forecast_slate):
    response = page("/players/p0033")

    assert response.status_code == 404
    assert "nobody on the slate is called p0033" in words(response)
    assert "p003" in words(response)


def test_without_box_scores_the_accuracy_page_says_what_brings_it(page, forecast_slate):
    assert "box scores" in words(page("/accuracy"))


def test_what_came_of_forecasts_is_told_by_system_with_a_picture_and_the_same_as_a_table(
    page, slate, session_store
):
    past, day = PastGames(session_store), slate.game_date - timedelta(days=1)
    names = [f"p{number:02}" for number in range(20)]
    wide = {"p10": 0.0, "p50": 20.0, "p90": 60.0, "line": 22.5, "p_over": 0.55, "system_id": "told_v1"}
    past.forecast(*(said(day, name, **wide) for name in names))
    past.played(*(box_score(day, name, 24.0 if name < "p12" else 14.0) for name in names))

    response = page("/accuracy")

    assert "told_v1 20 4.80 4.80 4.30" in words(response)
    assert "told_v1 50–60% 20 55.0% 60.0%" in words(response)
    assert 'aria-label="Calibration of told_v1: 5.0% from honest on average"' in response.text
    assert "<title>said 55%, happened 60%, 20 lines</title>" in response.text


def test_the_season_has_a_cell_for_the_slate_with_the_letter_of_how_it_ended(phase5, page, forecast_slate):
    phase5.complete()

    text = phase5.client.get("/console/season").text

    day = forecast_slate.game_date
    assert f'aria-label="{day.day} {day:%B}: complete, today"' in text


@pytest.mark.parametrize("path", ["/season?season=2025", "/season?season=1890-91", "/season?month=1"])
def test_a_season_that_there_is_not_is_refused(phase5, path):
    assert phase5.client.get(f"/console{path}").status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/2025-02-30",
        "/2019-12-31",
        "/today",
        "/2025-01-15/players",
        "/2025-01-15/do/explode",
        "/static/none.css",
    ],
)
def test_an_address_that_there_is_not_is_a_page_that_says_so(phase5, path):
    response = phase5.client.get(f"/console{path}")

    assert response.status_code == 404
    assert response.mimetype == "text/html"


@pytest.mark.parametrize(
    "query", ["sort=secret", "page=0", "page=x", "recommendation=BET", "order=1", "q=" + "x" * 101]
)
def test_a_table_that_cannot_be_shown_is_refused_with_a_page(page, slate, query):
    response = page(f"/forecasts?{query}")

    assert (response.status_code, response.mimetype) == (400, "text/html")


@pytest.mark.parametrize(
    "query", ["notice=started&n=" + "9" * 5000, "notice=%3Cscript%3E&n=1", "notice=started&n=-1"]
)
def test_a_notice_that_no_action_gave_breaks_nothing(page, slate, query):
    response = page(f"?{query}")

    assert response.status_code == 200
    assert "99999999" not in response.text
    assert "<script>" not in response.text


# ---------------------------------------------------------------- what they cost


@pytest.mark.parametrize(
    ("path", "reads"),
    [
        ("/forecasts", ["headline_forecasts"]),
        ("/players/p003", ["player_forecasts", "player_states", "snapshot"]),
        ("/accuracy", ["calibration", "graded_slates"]),
    ],
)
def test_a_page_makes_few_reads_whatever_the_slates_size(phase5, page, forecast_slate, path, reads):
    phase5.store.calls.clear()

    page(path)

    assert sorted(phase5.store.calls) == reads


def test_a_season_is_one_read(phase5, slate):
    phase5.store.calls.clear()

    phase5.client.get("/console/season?season=2024-25")

    assert phase5.store.calls == ["season_slates"]


def test_very_many_forecasts_are_still_a_small_page(phase5, page, make_forecast, monkeypatch):
    rows = [
        make_forecast(player_lookup=f"p{number}", player_name=f"Player {number}") for number in range(10_000)
    ]
    monkeypatch.setattr(phase5.parts.console, "forecasts", lambda game_date: rows)

    response = page("/forecasts", sort="player")

    assert "1 to 100 of 10,000 forecasts" in words(response)
    assert len(response.data) < 300 * 1024


# ---------------------------------------------------------------- what cannot be read


def test_a_player_whose_forecasts_cannot_be_read_still_has_his_rules(phase5, page, forecast_slate):
    phase5.store.breaks("player_forecasts")

    response = page("/players/p003")

    assert response.status_code == 200
    assert "His forecasts could not be read. the store did not answer" in words(response)
    assert "The rules, one by one" in words(response)


@pytest.mark.parametrize("read", ["graded_slates", "calibration"])
def test_half_of_the_accuracy_page_stands_without_the_other(phase5, page, slate, read):
    phase5.store.breaks(read)

    response = page("/accuracy")

    assert response.status_code == 200
    assert words(response).count("could not be read") == 1


@pytest.mark.parametrize(
    ("path", "read"),
    [("/forecasts", "headline_forecasts"), ("/players/p003", "player_states"), ("/players/p003", "snapshot")],
)
def test_a_page_without_what_it_is_about_is_a_503_that_says_when_to_try_again(
    phase5, page, slate, path, read
):
    phase5.store.breaks(read)

    response = page(path)

    assert (response.status_code, response.mimetype) == (503, "text/html")
    assert int(response.headers["Retry-After"]) > 0
    assert "the store did not answer" in words(response)


# ---------------------------------------------------------------- no text becomes markup


@pytest.fixture
def hostile_slate(slate):
    """A slate on which whatever people and providers may write is markup."""
    slate.expect(["p000", "p001"], player_name=HOSTILE, team=HOSTILE, opponent=HOSTILE, game_id=HOSTILE)
    slate.features(ready=1, not_ready=1)
    return slate


@pytest.mark.parametrize("path", ["", "/live", "/players/p000", "/players/p001", "/do/predict?player=p001"])
def test_what_providers_write_is_shown_and_never_run(page, hostile_slate, path):
    response = page(path)

    assert response.status_code == 200
    assert HOSTILE not in response.text
    assert HOSTILE in unescape(response.text)


def test_forecasts_of_players_with_odd_names_are_shown_as_they_are(phase5, page, make_forecast, monkeypatch):
    names = dict.fromkeys(("player_name", "team", "opponent", "recommendation"), HOSTILE)
    row = make_forecast(player_lookup="../x?y#z\"'<", **names)
    monkeypatch.setattr(phase5.parts.console, "forecasts", lambda game_date: [row])

    text = page("/forecasts").text

    assert "<script>alert" not in text
    assert "players/../x%3Fy%23z" in text


def test_why_a_slate_is_held_is_shown_and_never_run(phase5, page, slate):
    phase5.client.post("/pause", json={"game_date": slate.game_date.isoformat(), "reason": HOSTILE})

    text = page().text

    assert HOSTILE not in text
    assert HOSTILE in unescape(text)


@pytest.mark.parametrize(
    "path", ["/forecasts?q={}", "/players/{}", "/do/{}", "/do/predict?player={}", "/letters/{}"]
)
def test_what_an_address_says_is_never_run(page, forecast_slate, path):
    assert "<script>alert" not in page(path.format("%3Cscript%3Ealert(1)%3C%2Fscript%3E")).text


def test_pages_allow_no_scripts_but_their_own(page, slate):
    policy = page().headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["", "/forecasts", "/accuracy", "/players/p003", "/do/start"])
def test_templates_keep_to_that_policy(page, forecast_slate, path):
    text = page(path).text

    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?! src=)", text)
