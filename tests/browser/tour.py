"""Takes the pictures of docs/tour.md: `make tour`. Sample slates, a real browser, the console as it is."""

import sys
from collections.abc import Callable
from pathlib import Path

from chromium import DESKTOP, PHONE, chromium_path, headless_chromium
from morning_states import SLATE, broken, busy, empty, finished
from playwright.sync_api import Browser, Page

from local.stack import Stack

PICTURES = Path(__file__).parents[2] / "docs" / "images"
TALLEST = 1600
SEASON = "2025-26"

Path_of = Callable[[Stack], str]


def main() -> None:
    """Take every picture again; exit 1 with a sentence where there is no Chromium."""
    path = chromium_path()
    if path is None:
        sys.exit("no Chromium is installed here (Debian: apt-get install chromium)")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with headless_chromium(path) as browser:
        with empty() as stack:
            take(browser, stack, "empty", f"/{SLATE}")
        with busy() as stack:
            take(browser, stack, "busy", f"/{SLATE}")
            take(browser, stack, "busy-phone", f"/{SLATE}", PHONE, "dark")
        with broken() as stack:
            take(browser, stack, "broken", f"/{SLATE}")
            take(browser, stack, "confirm", f"/{SLATE}/do/retry")
        with finished() as stack:
            take_finished(browser, stack)


def take_finished(browser: Browser, stack: Stack) -> None:
    """Take what only a slate with forecasts and a past can show."""
    best = busiest_player(stack)
    take(browser, stack, "finished", f"/{SLATE}")
    take(browser, stack, "forecasts", f"/{SLATE}/forecasts?sort=edge&dir=desc")
    take(browser, stack, "player", f"/{SLATE}/players/{best}")
    take(browser, stack, "accuracy", f"/{SLATE}/accuracy")
    take(browser, stack, "season", f"/season?season={SEASON}", scheme="dark")


def take(
    browser: Browser,
    stack: Stack,
    name: str,
    path: str,
    size: tuple[int, int] = DESKTOP,
    scheme: str = "light",
) -> None:
    """Save one page as docs/images/NAME.png, cut where it grows too tall for a guide."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{stack.url}/console{path}")
    page.screenshot(path=PICTURES / f"{name}.png", clip=_clip(page, size[0]), full_page=True)
    context.close()
    print(f"docs/images/{name}.png")  # noqa: T201


def busiest_player(stack: Stack) -> str:
    """Return the player whom the slate expects to score most."""
    found = stack.client.require(stack.client.get("/local/forecasts", game_date=SLATE.isoformat()))
    return str(next(row["player_lookup"] for row in found["forecasts"] if row["line"] and row["system_id"]))


def _clip(page: Page, width: int) -> dict[str, float]:
    height = page.evaluate("document.documentElement.scrollHeight")
    return {"x": 0, "y": 0, "width": width, "height": min(height, TALLEST)}


if __name__ == "__main__":
    main()
