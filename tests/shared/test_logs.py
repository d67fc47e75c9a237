import io
import sys
from datetime import date

import orjson
import pytest

from shared.logs import ERROR_REPORT, configure_logs, correlated, current_correlation_id, get_logger
from shared.trace_context import TraceContext, within


@pytest.fixture
def log():
    configure_logs("INFO")
    return get_logger("tests")


@pytest.fixture
def lines(capsys):
    def read():
        out, err = capsys.readouterr()
        assert out == ""
        return [orjson.loads(line) for line in err.splitlines()]

    return read


def test_a_line_is_one_json_object_on_standard_error(log, lines):
    log.info("the batch was published", event_name="published", players=2, text="two\nlines")

    (line,) = lines()

    assert line.pop("time").endswith("Z")
    assert line == {
        "message": "the batch was published",
        "event_name": "published",
        "logging.googleapis.com/labels": {"part": "tests"},
        "part": "tests",
        "players": 2,
        "severity": "INFO",
        "text": "two\nlines",
    }


@pytest.mark.parametrize("level", ["info", "warning", "error", "critical"])
def test_a_line_carries_its_severity(log, lines, level):
    getattr(log, level)("something")

    assert [line["severity"] for line in lines()] == [level.upper()]


def test_what_lies_under_the_level_is_not_written(log, lines):
    log.debug("a detail")

    assert lines() == []


def test_every_line_of_a_piece_of_work_carries_its_correlation_id(log, lines):
    with correlated("c-1", game_date="2025-11-28"):
        log.info("inside")
        assert current_correlation_id() == "c-1"
    log.info("outside")

    inside, outside = lines()

    assert (inside["correlation_id"], inside["game_date"]) == ("c-1", "2025-11-28")
    assert "correlation_id" not in outside
    assert current_correlation_id() == ""


def test_an_exception_is_written_once_with_its_traceback_and_without_local_variables(log, lines):
    secret = "token-in-a-variable"
    try:
        raise ValueError("the reason")
    except ValueError:
        log.exception("it failed")

    (line,) = lines()

    assert line["severity"] == "ERROR"
    assert line["@type"] == ERROR_REPORT
    assert line["stack_trace"].startswith("Traceback (most recent call last):\n")
    assert line["stack_trace"].endswith("ValueError: the reason")
    assert "test_logs.py" in line["stack_trace"]
    assert "exception" not in line
    assert secret not in str(line)


def test_a_traceback_of_what_is_no_error_is_not_reported_as_one(log, lines):
    log.warning("it will come again", exc_info=ValueError("the reason"))

    (line,) = lines()

    assert line["stack_trace"].endswith("ValueError: the reason")
    assert "@type" not in line


def test_a_line_within_a_trace_names_it_as_cloud_logging_does(lines):
    configure_logs("INFO", "nba-props-platform")

    with within(TraceContext("a" * 32, "b" * 16, is_sampled=True)):
        get_logger("tests").info("inside")
    get_logger("tests").info("outside")

    inside, outside = lines()

    assert {name: value for name, value in inside.items() if name.startswith("logging.googleapis.com/")} == {
        "logging.googleapis.com/trace": f"projects/nba-props-platform/traces/{'a' * 32}",
        "logging.googleapis.com/spanId": "b" * 16,
        "logging.googleapis.com/trace_sampled": True,
        "logging.googleapis.com/labels": {"part": "tests"},
    }
    assert "logging.googleapis.com/trace" not in outside


def test_what_lines_are_looked_up_by_are_labels_too_as_texts(log, lines):
    with correlated("c-1", batch_id="b-1"):
        log.info("inside", game_date=date(2025, 11, 28), players=2)

    (line,) = lines()

    assert line["logging.googleapis.com/labels"] == {
        "part": "tests",
        "correlation_id": "c-1",
        "game_date": "2025-11-28",
        "batch_id": "b-1",
    }


def test_a_stream_that_was_replaced_after_the_start_is_followed(log, monkeypatch):
    replaced = io.StringIO()
    monkeypatch.setattr(sys, "stderr", replaced)

    log.info("to the new stream")

    assert "to the new stream" in replaced.getvalue()


def test_a_field_of_any_type_is_written_as_text(log, lines):
    log.info("an odd field", field={1})

    assert lines()[0]["field"] == "{1}"


def test_a_line_that_cannot_be_written_fails_nobody(monkeypatch):
    class FullDisk(io.StringIO):
        def write(self, text):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stderr", FullDisk())
    configure_logs("INFO")

    get_logger("tests").error("the disk is full")
