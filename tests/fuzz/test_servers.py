"""What the services' own servers make of what is hardly HTTP: refused, clearly, and nothing is written."""

from random import Random

import pytest
from fuzz_case import Tally
from fuzz_wire import ask, gunicorn, try_wire, waitress
from wire_cases import GOOD, MAX_BODY_BYTES, WireCase, chunked

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module", params=[gunicorn, waitress], ids=["gunicorn", "waitress"])
def server(request):
    with request.param() as running:
        yield running


def test_what_is_hardly_http_is_refused_and_the_server_lives_on(server):
    tally = Tally()

    try_wire(server, tally, Random(7), examples=20)

    assert tally.faults == []
    assert 0 < tally.refused < tally.cases


def test_a_body_in_chunks_over_the_limit_is_refused_and_not_cut(server):
    body = GOOD + b" " * (MAX_BODY_BYTES + 1 - len(GOOD))

    status, _ = ask(server.port, WireCase("too long", chunked(server.path, body, 1_000_000)))

    assert status == 413


def test_a_broken_chunk_size_is_the_callers_fault(server):
    sent = chunked(server.path, GOOD).replace(b"\r\n3e8\r\n", b"\r\nzz\r\n", 1)

    status, _ = ask(server.port, WireCase("broken", sent, ends=True))

    assert status == 400
