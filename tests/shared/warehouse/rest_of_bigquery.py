"""The REST interface of BigQuery as the session of a client: it answers from a script and keeps a record.

Answers are scripted by method (`jobs.query`, `uploads.send`); the last one of a method is given again.
"""

import json
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import requests

_METHODS = [
    (r"POST /bigquery/v2/projects/[^/]+/queries", "jobs.query"),
    (r"GET /bigquery/v2/projects/[^/]+/queries/[^/]+", "jobs.getQueryResults"),
    (r"POST /bigquery/v2/projects/[^/]+/jobs", "jobs.insert"),
    (r"POST /bigquery/v2/projects/[^/]+/jobs/[^/]+/cancel", "jobs.cancel"),
    (r"GET /bigquery/v2/projects/[^/]+/jobs/[^/]+", "jobs.get"),
    (r"POST /upload/bigquery/v2/projects/[^/]+/jobs", "uploads.begin"),
    (r"PUT /session", "uploads.send"),
    (r"GET /bigquery/v2/projects/[^/]+/datasets/[^/]+/tables/[^/]+", "tables.get"),
]


@dataclass(frozen=True)
class Call:
    """One request that the client made."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: bytes
    timeout: float | None

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def job_id(self):
        return self.json["jobReference"]["jobId"]


@dataclass(frozen=True)
class Fault:
    """An error as BigQuery words it."""

    status: int
    reason: str
    message: str = "as scripted"


@dataclass(frozen=True)
class Slow:
    """An answer that takes its time; a client that waits less gets a timeout."""

    seconds: float
    answer: object


class ScriptedBigQuery:
    """What stands in for the session of a `bigquery.Client`."""

    def __init__(self, time):
        self.calls = []
        self.is_closed = False
        self.is_mtls = False
        self._time = time
        self._script = {}
        self._auth_request = SimpleNamespace(session=SimpleNamespace(close=lambda: None))

    def answers(self, method, *answers):
        """Script a method: each answer a dict, a Fault, an exception, Slow, or what makes one from a Call."""
        self._script[method] = deque(answers)

    def of(self, method):
        return [call for call in self.calls if call.method == method]

    @property
    def methods(self):
        return [call.method for call in self.calls]

    def request(self, method, url, data=None, headers=None, timeout=None, **_):
        where = urlsplit(url)
        name = next(n for pattern, n in _METHODS if re.fullmatch(pattern, f"{method} {where.path}"))
        body = data.encode() if isinstance(data, str) else data or b""
        call = Call(name, where.path, parse_qs(where.query), body, timeout)
        self.calls.append(call)
        answers = self._script.get(name)
        assert answers, f"nothing was scripted for {name}"
        return self._give(answers[0] if len(answers) == 1 else answers.popleft(), call, url)

    def close(self):
        self.is_closed = True

    def _give(self, answer, call, url):
        if isinstance(answer, Slow):
            is_late = call.timeout is not None and answer.seconds > call.timeout
            self._time.sleep(call.timeout if is_late else answer.seconds)
            return self._give(requests.ReadTimeout("too slow") if is_late else answer.answer, call, url)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Callable):
            return self._give(answer(call), call, url)
        if isinstance(answer, Fault):
            error = {"reason": answer.reason, "message": answer.message, "domain": "global"}
            content = {"error": {"code": answer.status, "message": answer.message, "errors": [error]}}
            return _response(answer.status, content, call, url)
        return _response(200, answer, call, url)


def _response(status, content, call, url):
    response = requests.Response()
    response.status_code = status
    response.headers["Location"] = "https://bigquery.test/session"  # where an upload goes on
    response._content = json.dumps(content).encode()
    response.request = requests.Request("POST", url).prepare()
    return response


class StillTime:
    """The machine's time, which passes only where something sleeps."""

    def __init__(self):
        self.now = 1000.0

    def sleep(self, seconds):
        self.now += seconds

    def monotonic(self):
        return self.now


def rows_answer(rows, **more):
    """Return the result of a query with the columns `n INT64, word STRING`."""
    fields = [{"name": "n", "type": "INTEGER"}, {"name": "word", "type": "STRING"}]
    return {
        "jobReference": {"projectId": "nba-test", "jobId": "asked", "location": "us-west2"},
        "schema": {"fields": fields},
        "rows": [{"f": [{"v": str(n)}, {"v": word}]} for n, word in rows],
        "totalRows": str(len(rows)),
        "jobComplete": True,
    } | more


RUNNING = {"jobReference": {"projectId": "nba-test", "jobId": "asked"}, "jobComplete": False}


def complete(rows=0):
    """Return what says that a query has ended, without a page of its result; DML has none."""
    answer = rows_answer([], totalRows=str(rows))
    del answer["rows"]
    return answer


def job(kind="query", state="DONE", reason=None, message="as scripted", affected=None):
    """Return what makes a job resource of whatever job a call is about."""

    def resource(call):
        is_read = call.method == "jobs.get"
        job_id = call.path.rpartition("/")[2] if is_read else sent_id(call)
        status = {"state": state}
        if reason:
            status |= {"errorResult": {"reason": reason, "message": message}}
        return {
            "jobReference": {"projectId": "nba-test", "jobId": job_id, "location": "us-west2"},
            "configuration": {kind: {}, "jobType": kind.upper()},
            "status": status,
            "statistics": {kind: {} if affected is None else {"numDmlAffectedRows": str(affected)}},
        }

    return resource


def sent_id(call):
    return call.job_id if call.method == "jobs.insert" else "loaded"
