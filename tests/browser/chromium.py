"""A real Chromium, headless, as the tests and the tour drive it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

PHONE, DESKTOP = (390, 844), (1280, 900)
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",  # it runs as root in containers, and opens nothing but this machine's own pages
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path() -> str | None:
    """Return where a Chromium is installed, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def headless_chromium(path: str) -> Iterator[Browser]:
    """Start the browser, and close it in the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()
