"""What every page of the console owes to every reader: no serious fault by axe, no sideways scrolling."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import DESKTOP, PHONE
from morning_states import SLATE
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

STATES = ("empty", "busy", "finished", "broken")
PAGES = (
    f"/{SLATE}",
    f"/{SLATE}/forecasts",
    f"/{SLATE}/accuracy",
    f"/{SLATE}/do/start",
    "/season?season=2025-26",
)
SERIOUS = ("serious", "critical")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    open_page: Callable[..., Page], console_of: Callable[[str], str], state: str, path: str, scheme: str
):
    page = open_page(console_of(state) + path, PHONE if scheme == "dark" else DESKTOP, scheme)

    found = Axe().run(page).response["violations"]

    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found if fault["impact"] in SERIOUS] == []


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("path", PAGES)
def test_a_phone_never_scrolls_sideways(
    open_page: Callable[..., Page], console_of: Callable[[str], str], state: str, path: str
):
    page = open_page(console_of(state) + path, PHONE)

    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_players_page_is_a_click_away_and_no_worse(
    open_page: Callable[..., Page], console_of: Callable[[str], str], scheme: str
):
    size = PHONE if scheme == "dark" else DESKTOP
    page = open_page(f"{console_of('finished')}/{SLATE}/forecasts", size, scheme)
    page.click("tbody th a")

    found = Axe().run(page).response["violations"]

    assert page.inner_text("#rules") == "The rules, one by one"
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found if fault["impact"] in SERIOUS] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
