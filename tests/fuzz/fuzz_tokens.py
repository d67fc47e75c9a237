"""Tokens that prove nothing, or prove somebody else: all are refused before anything is read."""

import base64
import json
from collections.abc import Iterator
from random import Random
from typing import Any

from fuzz_case import Case
from fuzz_home import AUDIENCE, OPERATOR, PHASE3, PUSH, SCHEDULER, Home
from issuer import signing_key
from jwt import PyJWS

ROUTES = (
    ("coordinator", "POST", "/start"),
    ("coordinator", "GET", "/status"),
    ("coordinator", "POST", "/grade"),
    ("coordinator", "GET", "/accuracy"),
    ("coordinator", "GET", "/openapi.json"),
    ("coordinator", "POST", "/trigger"),
    ("worker", "POST", "/predict"),
    ("precompute", "POST", "/process"),
)
SOMEBODY_ELSE = {
    "/start": (PUSH, PHASE3),
    "/status": (PUSH, PHASE3),
    "/grade": (PUSH, PHASE3),
    "/accuracy": (PUSH, SCHEDULER, PHASE3),
    "/openapi.json": (PUSH, SCHEDULER, PHASE3),
    "/trigger": (SCHEDULER, PHASE3),
    "/predict": (SCHEDULER, PHASE3),
    "/process": (PUSH,),
}


def odd_tokens(home: Home, random: Random, count: int) -> Iterator[Case]:
    """Authorization headers, each on one of the routes; `count` of them are made at random."""
    for number, header in enumerate([*_headers(home), *_random_headers(home, random, count)]):
        service, method, path = ROUTES[number % len(ROUTES)]
        headers = (("Authorization", header),)
        yield Case("token", service, method, path, b"{", headers, caller=None, expected="refused")
    for service, method, path in ROUTES:
        others = [home.headers(caller) for caller in (*SOMEBODY_ELSE[path], "stranger@p.test", "")]
        for proof in others:
            yield _refused(service, method, path, tuple(proof.items()))
        right = tuple(home.headers(OPERATOR).items())
        yield _refused(service, method, path, (*right, ("X-Serverless-Authorization", right[0][1])))
        yield _refused(service, method, path, (("Proxy-Authorization", right[0][1]),))
        yield _refused(service, method, path, (("Authorization", f"{right[0][1]}, {right[0][1]}"),))


def _refused(service: str, method: str, path: str, headers: tuple[tuple[str, str], ...]) -> Case:
    return Case("token", service, method, path, b"{}", headers, caller=None, expected="refused")


def _headers(home: Home) -> Iterator[str]:
    issuer = home.issuer
    good = issuer.token(OPERATOR, AUDIENCE)
    head, body, signature = good.split(".")
    yield from ("", "Bearer", "Bearer ", "Basic b3BlcmF0b3I6eA==", f"bearer {good}", f"Bearer  {good}", good)
    yield from (
        f"Bearer {good} ",
        f"Bearer {good}\t",
        f"Bearer {good}\0",
        f"Bearer\u00a0{good}",
        "Bearer é.é.é",
    )
    yield from (f"Bearer {head}.{body}", f"Bearer {head}.{body}.", f"Bearer {good}.{signature}", "Bearer ..")
    yield f"Bearer {head}.{body}.SIGNATURE_REMOVED_BY_GOOGLE"
    yield f"Bearer {head}.{body}.{signature[::-1]}"
    yield f"Bearer {issuer.expired_token(OPERATOR, AUDIENCE)}"
    yield f"Bearer {issuer.foreign_token(OPERATOR, AUDIENCE)}"
    yield f"Bearer {issuer.token(OPERATOR, 'https://other.test')}"
    yield f"Bearer {issuer.token(OPERATOR, AUDIENCE, key=signing_key('ec', 'ES256'))}"
    yield from ("Bearer " + "x" * size for size in (8_000, 9_000, 200_000))
    claims = _claims(good)
    for algorithm in ("none", "None", "HS256", "RS512", "", None, 7, {}):
        header = _part({"alg": algorithm, "kid": "first", "typ": "JWT"})
        yield from (f"Bearer {header}.{_part(claims)}.{end}" for end in ("", signature))
    for header in (
        {},
        [],
        7,
        {"alg": "RS256"},
        {"alg": "RS256", "kid": ["first"]},
        {"alg": "RS256", "crit": ["x"]},
    ):
        yield f"Bearer {_part(header)}.{body}.{signature}"


def _random_headers(home: Home, random: Random, count: int) -> Iterator[str]:
    """Signed claims of which one is odd, and good tokens of which a character is another."""
    odd = (None, "", 0, -1, 1e30, float("nan"), "true", [], {}, "é", "operator@p.test ", 10**12, False)
    names = ("iss", "aud", "email", "email_verified", "iat", "exp", "nbf")
    good = home.issuer.token(OPERATOR, AUDIENCE)
    for number in range(count):
        if number % 4 == 0:
            name, value = random.choice(names), random.choice(odd)
            if not _is_harmless(name, value):
                yield f"Bearer {_signed(_claims(good) | {name: value})}"
        else:
            position = random.randrange(len(good) - 2)  # the last two characters carry bits that nobody reads
            other = random.choice([c for c in "AZaz09-_.=+/ ,\0é" if c != good[position]])
            yield f"Bearer {good[:position]}{other}{good[position + 1 :]}"


def _is_harmless(name: str, value: object) -> bool:
    """Say whether a token is good all the same: without `nbf`, or with times that are right."""
    if name == "nbf":
        return value in (None, 0, -1, False)
    if name == "iat":
        return value in (0, -1, False)  # long ago; how long a token is good says `exp`
    return name == "exp" and value in (1e30, 10**12)


def _claims(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return claims


def _signed(claims: dict[str, Any]) -> str:
    """Sign claims that a sober library would not write."""
    key = signing_key("first")
    return PyJWS().encode(json.dumps(claims).encode(), key.private, key.algorithm, headers={"kid": key.kid})


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
