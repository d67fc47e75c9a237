"""`nba-props dead-letters` as somebody meets it while the stack is served."""

import json
import sys
from datetime import date

import pytest

from cli.main import main
from local.data_dir import DataDir
from local.stack import Stack
from predictions.coordinator.letters import MOST_LETTERS
from shared.clock import SystemClock
from shared.config import load_settings
from shared.envelope import PushMessage, seal_envelope
from shared.logs import configure_logs
from shared.slate import morning
from shared.statements import inline_statement

SLATE = date(2025, 1, 15)
SOURCE = "CloudPubSubDeadLetterSourceSubscription"
REQUESTS = "prediction-request-sub"
LETTERS = "nba_reference.dead_letters"
SEE = "; see `nba-props dead-letters --help`"
UNKNOWN = "its topic is not known: no subscription is called foreign-sub"


@pytest.fixture
def stack(tmp_path):
    """A served data directory whose worker is away for good: what is replayed waits on the bus."""
    configure_logs("CRITICAL")
    folder = DataDir(tmp_path / "data")
    folder.path.mkdir()
    settings = load_settings(log_level="CRITICAL")
    served = Stack(folder.database, settings, SystemClock.starting_at(morning(SLATE)), has_worker=False)
    served.start()
    folder.announce(served.url)
    yield served
    served.stop()


@pytest.fixture
def put(stack):
    """Store a dead letter."""

    def give_up(message_id, data=b"junk", source=REQUESTS):
        envelope = seal_envelope(PushMessage(data, message_id, {SOURCE: source}))
        status, _ = stack.client.post("/dead-letter", json.loads(envelope))
        assert status == 204

    return give_up


@pytest.fixture
def run(monkeypatch, capfd, tmp_path):
    """Run a command in an empty folder; return its exit code, what it printed and what it said."""
    monkeypatch.chdir(tmp_path)

    def command(*words, where="data"):
        monkeypatch.setattr(sys, "argv", ["nba-props", "dead-letters", *words, "--data-dir", where])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        return ended.value.code, out, err

    return command


def ask(stack, path="/dead-letters"):
    return stack.client.require(stack.client.get(path))


def states(stack):
    return {row["message_id"]: row["state"] for row in ask(stack)["dead_letters"]}


# ---------------------------------------------------------------- list, show


def test_without_dead_letters_the_list_says_so(run, stack):
    assert run("list") == (0, "no dead letters on 2025-01-15\n", "")


def test_each_letter_has_its_line(run, stack, put):
    put("m1")
    put("m2", source="foreign-sub")
    run("discard", "m2", "--yes")

    code, out, err = run("list")

    at = [row["stored_at"][:19] for row in ask(stack)["dead_letters"]]
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"m1  stored     {at[0]}Z  {REQUESTS}: the data is not JSON",
        f"m2  discarded  {at[1]}Z  foreign-sub: the data is not JSON",
    ]


def test_json_prints_what_the_coordinator_answers(run, stack, put):
    put("m1")

    listed, shown = run("list", "--json"), run("show", "m1", "--json")

    assert json.loads(listed[1]) == ask(stack)
    assert json.loads(shown[1]) == ask(stack, "/dead-letters/m1")


def test_a_letter_of_another_date_is_found_under_it(run, stack, put):
    put("m1", data=b'{"game_date": "2025-01-14"}')

    assert run("show", "m1", "--date", "2025-01-14")[0] == 0
    assert run("list", "--date", "2025-01-13")[1] == "no dead letters on 2025-01-13\n"


def test_a_body_that_would_steer_the_terminal_is_shown_in_escapes(run, stack, put):
    put("m1", data=b"\x1b[2J\r\nall is well\xe2\x80\xae")

    code, out, _ = run("show", "m1")

    lines = out.splitlines()
    assert code == 0
    assert r"body                  \x1b[2J\r\nall is well\u202e" in lines
    assert "body_base64           -" in lines
    assert "topic                 prediction-request-prod" in lines


@pytest.mark.parametrize(
    ("message_id", "words"),
    [
        pytest.param("m9", "the slate of 2025-01-15 has no dead letter m9", id="an id"),
        pytest.param(
            "m9?check=sla", "the slate of 2025-01-15 has no dead letter m9?check=sla", id="no query"
        ),
        pytest.param("replay", "the slate of 2025-01-15 has no dead letter replay", id="a route's name"),
    ],
)
def test_a_letter_that_does_not_exist_ends_with_2(run, stack, message_id, words):
    assert run("show", message_id) == (2, "", f"nba-props: {words}{SEE}\n")


def test_an_id_cannot_lead_to_another_path(run, stack):
    code, out, err = run("show", "../../health")

    assert (code, out) == (2, "")
    assert "has no /dead-letters/..%2F..%2Fhealth" in err


# ---------------------------------------------------------------- replay, discard


def test_a_replay_publishes_and_says_so(run, stack, put):
    put("m1")

    assert run("replay", "m1") == (0, "m1  replayed\n", "")
    assert states(stack) == {"m1": "replayed"}
    assert stack.bus.pending()[REQUESTS] == 1


def test_what_could_not_be_done_has_its_line_and_the_command_ends_with_1(run, stack, put):
    put("m1", source="foreign-sub")
    put("m2")

    code, out, err = run("replay", "m1", "m2")

    assert (code, err) == (1, "")
    assert out.splitlines() == ["m2  replayed", f"m1  not replayed: {UNKNOWN}"]


def test_json_prints_one_object_with_what_became_of_each(run, stack, put):
    put("m1", source="foreign-sub")
    put("m2")

    code, out, _ = run("replay", "m1", "m2", "--json")

    assert code == 1
    assert json.loads(out) == {
        "replayed": ["m2"],
        "refused": [{"message_id": "m1", "reason": UNKNOWN}],
        "failed": [],
    }


def test_all_takes_those_that_are_still_stored_and_no_other(run, stack, put):
    for message_id in ("m1", "m2", "m3"):
        put(message_id)
    run("replay", "m2")

    assert run("discard", "--all", "--yes") == (0, "m1  discarded\nm3  discarded\n", "")
    assert states(stack) == {"m1": "discarded", "m2": "replayed", "m3": "discarded"}
    assert run("replay", "--all") == (0, "no dead letter is stored\n", "")


def test_all_takes_more_than_one_request_may_name(run, stack, put):
    put("m")
    statement = inline_statement("letter", "SELECT * EXCEPT (attributes) FROM nba_reference.dead_letters")
    (row,) = stack.warehouse.query(statement)
    stack.warehouse.append(LETTERS, [row | {"message_id": f"m{n}"} for n in range(MOST_LETTERS)])

    code, out, _ = run("discard", "--all", "--yes", "--json")

    assert (code, len(json.loads(out)["discarded"])) == (0, MOST_LETTERS + 1)
    assert set(states(stack).values()) == {"discarded"}


def test_only_force_replays_what_was_discarded(run, stack, put):
    put("m1")
    run("discard", "m1", "--yes")

    refused, forced = run("replay", "m1"), run("replay", "m1", "--force")

    assert refused == (1, "m1  not replayed: it is discarded already; force does it again\n", "")
    assert forced == (0, "m1  replayed\n", "")


def test_nothing_is_discarded_without_yes(run, stack, put):
    put("m1")

    code, out, err = run("discard", "--all")

    assert (code, out, err) == (2, "", "nba-props: nothing was discarded; repeat it with --yes\n")
    assert states(stack) == {"m1": "stored"}


@pytest.mark.parametrize("words", [("replay",), ("replay", "m1", "--all"), ("discard", "--yes")])
def test_letters_are_either_named_or_all(run, stack, put, words):
    put("m1")

    code, _, err = run(*words)

    assert (code, err) == (2, "nba-props: name the letters by their message ids, or say --all\n")
    assert states(stack) == {"m1": "stored"}


def test_an_unknown_letter_among_several_leaves_all_as_they_are(run, stack, put):
    put("m1")

    code, out, err = run("replay", "m1", "m9")

    assert (code, out) == (2, "")
    assert err == f"nba-props: the slate of 2025-01-15 has no dead letter m9{SEE}\n"
    assert states(stack) == {"m1": "stored"}


def test_an_empty_folder_is_refused_with_what_to_do(run):
    code, _, err = run("list", where="elsewhere")

    assert code == 2
    assert "begin with demo, serve or load-logs" in err
