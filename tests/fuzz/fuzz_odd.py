"""Odd values, odd JSON texts, odd dates, and a message with one thing in it changed."""

import copy
import json
from random import Random
from typing import Any

DEPTH = 100_000
LONG = "x" * 100_000

ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    10**18,
    2**63,
    10**30,
    1e308,
    float("nan"),
    float("inf"),
    float("-inf"),
    "",
    " ",
    "0",
    "true",
    "null",
    "\0",
    "a\0b",
    "\u202e\u0000\ufffe",
    "é" * 300,
    "\U0001f3c0" * 300,
    LONG,
    "'; DROP TABLE nba_reference.slates; --",
    "../../../../etc/passwd",
    "{{7*7}}${jndi:ldap://x}",
    "line\r\nSet-Cookie: a=b",
    [],
    [[]],
    ["a", 1, None],
    {},
    {"a": {"b": None}},
    {"$ref": "#"},
    {"": ""},
)

ODD_DATES: tuple[str, ...] = (
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "+12025-01-15",
    "12025-01-15",
    "-2025-01-15",
    "2025-02-30",
    "2025-13-01",
    "2025-00-10",
    "2025-1-5",
    "2025-01-15T00:00:00Z",
    "2025-01-15 ",
    " 2025-01-15",
    "2025-01-15\n",
    "2025-01-15\0",
    "２０２５-０１-１５",
    "٢٠٢٥-٠١-١٥",
    "2025‐01‐15",
    "2025-W03-3",
    "2025-015",
    "20250115",
    "15/01/2025",
    "today",
    "now()",
    "1736899200",
    "2019-12-31",
    "2041-01-01",
    "2025-01-15; DROP TABLE x",
    "1e4-01-01",
    "NaN",
    "",
)

# Texts that are no JSON, or JSON that no sober client writes.
ODD_JSON: tuple[bytes, ...] = (
    b"",
    b" ",
    b"\0",
    b"null",
    b"true",
    b"0",
    b'""',
    b"[]",
    b"{",
    b"}",
    b"{]",
    b'{"a":}',
    b'{"a":1,}',
    b"{'a':1}",
    b'{"a":NaN}',
    b'{"a":Infinity}',
    b'{"a":-Infinity}',
    b'{"a":1e999}',
    b'{"a":-1e999}',
    b'{"a":' + b"9" * 5_000 + b"}",
    b'{"a":0.' + b"1" * 5_000 + b"}",
    b'{"a":01}',
    b'{"a":+1}',
    b'{"a":0x10}',
    b'{"a":"\\ud800"}',
    b'{"a":"\\udc00\\ud800"}',
    b'{"a":"\\u0000"}',
    b'{"a":"\x00"}',
    b'{"a":"\n"}',
    b'{"\\ud800":1}',
    b'{"a":"\\x41"}',
    b"[" * DEPTH,
    b"[" * DEPTH + b"]" * DEPTH,
    b'{"a":' * DEPTH + b"1" + b"}" * DEPTH,
    b'{"message":' * DEPTH,
    b"// comment\n{}",
    b"{}{}",
    b"{} x",
    b"\xef\xbb\xbf{}",
    b"\xff\xfe{\x00}\x00",
    b"\xfe\xff\x00{\x00}",
    b"+AHs-+AH0-",
    b'{"a":"\xe9"}',
    b'{"a":"\xc0\x80"}',
    b'{"a":"\xed\xa0\x80"}',
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    b"game_date=2025-01-15&force=true",
    b"\x1f\x8b\x08\x00",
    b"\x80\x04\x95\x00",
)


def odd(random: Random) -> Any:
    """Return one odd value; more often than not a date or a small one."""
    return random.choice(ODD_DATES) if random.random() < 0.25 else copy.deepcopy(random.choice(ODD_VALUES))


def changed(message: Any, random: Random) -> Any:
    """Return a JSON value with one to three places of it changed, left out, added or swapped."""
    mutant = copy.deepcopy(message)
    for _ in range(random.randint(1, 3)):
        place, key = _somewhere(mutant, random)
        if place is None:
            return odd(random)
        _change(place, key, random)
    return mutant


def as_json(value: Any) -> bytes:
    """Write a value as JSON, NaN and infinity as they are; what is no Unicode is escaped."""
    return json.dumps(value).encode()


def with_duplicate_keys(message: dict[str, Any], random: Random) -> bytes:
    """Write an object in which one key comes twice, first with an odd value."""
    key = random.choice(sorted(message))
    return as_json({key: odd(random)})[:-1] + b"," + as_json(message)[1:]


def _somewhere(value: Any, random: Random) -> tuple[Any, Any]:
    """Return a container and a key of it, at any depth."""
    places = list(_places(value))
    return random.choice(places) if places else (None, None)


def _places(value: Any) -> Any:
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def _change(place: Any, key: Any, random: Random) -> None:
    turn = random.random()
    if turn < 0.6:
        place[key] = odd(random)
    elif turn < 0.8:
        del place[key]
    elif isinstance(place, dict):
        place[f"{key}{random.choice(('2', ' ', '_', chr(0)))}"] = odd(random)
    else:
        place.extend([copy.deepcopy(place[key])] * random.choice((1, 40)))
