"""A share of what the fuzzers do at length: every kind of bad input, a few cases of each."""

import sys
from itertools import islice
from random import Random

import pytest
from bad_input import own_cases
from conformance import document
from flask import Flask, Response, request
from fuzz_case import Case, Tally
from fuzz_described import described_cases
from fuzz_home import homes
from fuzz_judge import Judge
from fuzz_odd import ODD_JSON
from fuzz_oracle import is_readable_push
from fuzz_pushes import EVENT, as_json, envelope
from fuzz_tokens import odd_tokens

from shared.described import described
from shared.http import answer

SIZES = (10_000_000, 17_000_000)
EVERY = 8


@pytest.fixture(scope="module")
def home():
    with homes() as make:
        yield make()


@pytest.fixture
def judge(home):
    return Judge(home, Tally())


def push(data, **headers):
    body = as_json(envelope(data))
    return Case("test", "coordinator", "POST", "/trigger", body, tuple(headers.items()), expected="refused")


def test_no_kind_of_bad_input_makes_a_fault(judge):
    cases = islice(own_cases(judge.home, Random(7), 6, SIZES), 0, None, EVERY)

    for case in cases:
        judge.send(case)

    assert judge.tally.faults == []
    assert len(judge.tally.by_kind) > 12
    assert 0 < judge.tally.refused < judge.tally.cases


def test_refused_requests_leave_every_table_and_topic_as_it_was(judge):
    before = judge.home.digest()
    refused = [push(text) for text in ODD_JSON]

    for case in (*refused, *odd_tokens(judge.home, Random(7), 20)):
        assert judge.send(case).status_code in (400, 401, 403)

    assert judge.home.digest() == before
    assert judge.tally.faults == []


@pytest.mark.parametrize("service", ["worker", "precompute", "local"])
def test_what_the_description_leads_to_is_answered_as_described(judge, service):
    described_cases(judge, service, examples=1)

    assert judge.tally.faults == []
    assert judge.tally.by_kind["described"] > 50


@pytest.mark.parametrize(
    ("data", "is_readable"),
    [
        pytest.param(as_json(EVENT), True, id="an event"),
        pytest.param(as_json(EVENT | {"players_ready": "20"}), False, id="a text for a number"),
        pytest.param(as_json(EVENT | {"players_ready": float("nan")}), False, id="NaN"),
        pytest.param(as_json(EVENT | {"game_date": "2019-01-01"}), False, id="no slate"),
        pytest.param(as_json({"event_type": "another"}), True, id="another event"),
        pytest.param(as_json({"event_type": 7}), False, id="an event without a type"),
        pytest.param(b"{", False, id="no JSON"),
    ],
)
def test_what_may_be_accepted_is_judged_by_the_description(home, data, is_readable):
    app = home.apps["coordinator"]
    operation = document(app)["paths"]["/trigger"]["post"]

    assert is_readable_push(app, operation, as_json(envelope(data))) == is_readable


class BadHome:
    """A home of one app, which does what the test wants and counts what it says that it wrote."""

    def __init__(self, view):
        self.writes = 0
        self.apps = {"bad": Flask("bad", static_folder=None)}
        said = described(dict.fromkeys((200, 400, 500, 503), ()), can_fail=False)
        self.apps["bad"].add_url_rule("/x", view_func=said(lambda: view(self)), methods=["POST"])

    def headers(self, caller):
        return {"Authorization": "Bearer abcdefghijklmnop.abcdefghijklmnop.abcdefghijklmnop"}

    def changes(self):
        return self.writes


def writes_and_refuses(home):
    home.writes += 1
    return answer({"status": "error"}, 400)


@pytest.mark.parametrize(
    ("view", "expected", "fault"),
    [
        pytest.param(lambda home: answer({}, 500), "either", "answered 500", id="500"),
        pytest.param(
            lambda home: Response('{"status":"error"}', 503, mimetype="application/json"),
            "either",
            "answered 503",
            id="503 though nothing is away",
        ),
        pytest.param(lambda home: ("<html>", 400), "either", "not answered in JSON", id="HTML"),
        pytest.param(
            lambda home: answer({"m": 'File "x.py"'}, 400),
            "either",
            "our insides",
            id="traceback",
        ),
        pytest.param(writes_and_refuses, "either", "a refused request wrote", id="writes and refuses"),
        pytest.param(
            lambda home: answer({"you": request.headers["Authorization"]}), "either", "a token", id="a token"
        ),
        pytest.param(
            lambda home: sys.stderr.write("a line\n") and answer({}),
            "either",
            "the log is not JSON",
            id="another log",
        ),
        pytest.param(lambda home: answer({}), "refused", "accepted what cannot be right", id="accepts"),
        pytest.param(lambda home: answer({}, 400), "taken", "refused what is right", id="refuses"),
    ],
)
def test_the_judge_sees_what_must_not_be(view, expected, fault):
    judge = Judge(BadHome(view), Tally())

    judge.send(Case("test", "bad", "POST", "/x", b"{}", expected=expected))

    assert any(fault in told for told in judge.tally.faults), judge.tally.faults
    assert judge.tally.lines()[-1].endswith(f"faults {len(judge.tally.faults)}")
