"""The browser, and a stack for each state in which an operator may find a slate; each starts once."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import morning_states
from chromium import DESKTOP, chromium_path, headless_chromium
from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium is installed here (Debian: apt-get install chromium)")
    with headless_chromium(path) as started:
        yield started


@pytest.fixture(scope="session")
def console_of() -> Iterator[Callable[[str], str]]:
    """Return a function from a state's name to the console's address of a stack in that state."""
    urls: dict[str, str] = {}
    with ExitStack() as opened:

        def url_of(state: str) -> str:
            if state not in urls:
                stack = opened.enter_context(getattr(morning_states, state)())
                urls[state] = f"{stack.url}/console"
            return urls[state]

        yield url_of


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens an address; whatever the browser complains about fails the test."""
    faults: list[str] = []
    contexts = []

    def open_at(
        url: str, size: tuple[int, int] = DESKTOP, scheme: str = "light", scripts: bool = True
    ) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
        page.goto(url)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert not faults
