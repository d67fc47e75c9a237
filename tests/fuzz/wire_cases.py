"""What only a socket can send: lengths that lie, chunks that break, headers that no client library writes."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from fuzz_odd import as_json
from fuzz_pushes import SHARD, envelope

from shared.http import MAX_BODY_BYTES

CLOSED = 499  # the server hung up, as it may on what is no HTTP
NOT_OURS = {501, 505}  # what a server must say to codings and versions of HTTP that it does not know
GOOD = as_json(envelope(as_json(SHARD)))
REFUSED = frozenset({400, 403, 405, 408, 411, 413, 414, 417, 431, CLOSED, *NOT_OURS})
BAD = frozenset({400, CLOSED})


@dataclass(frozen=True)
class WireCase:
    """Bytes to be sent, and the statuses that may come back; `ends` closes our side after them."""

    name: str
    sent: bytes
    allowed: frozenset[int] = REFUSED
    ends: bool = False


def wire_cases(path: str) -> Iterator[WireCase]:
    """Every case, against the worker's route at `path`."""
    yield WireCase("a length that is right", _request(path, GOOD, _length(len(GOOD))), frozenset({204}))
    yield WireCase("chunks that are right", chunked(path, GOOD), frozenset({204}))
    yield from _sizes(path)
    yield from _lengths(path)
    yield from _chunks(path)
    yield from _heads(path)


def mutated_cases(path: str, random: Random, count: int) -> Iterator[WireCase]:
    """Good requests in which one to four bytes are others, left out or doubled."""
    for _ in range(count):
        in_chunks = random.random() < 0.5
        sent = bytearray(chunked(path, GOOD) if in_chunks else _request(path, GOOD, _length(len(GOOD))))
        for _ in range(random.randint(1, 4)):
            at = random.randrange(len(sent) if random.random() < 0.2 else 220)
            sent[at : at + 1] = random.choice((b"", bytes([random.randrange(256)]), sent[at : at + 1] * 2))
        yield WireCase("mutated", bytes(sent), REFUSED | {200, 204, 404}, ends=True)


def _sizes(path: str) -> Iterator[WireCase]:
    for size, allowed in (
        (MAX_BODY_BYTES, frozenset({204})),
        (MAX_BODY_BYTES + 1, frozenset({413, CLOSED})),
        (MAX_BODY_BYTES + 2, frozenset({413, CLOSED})),
        (MAX_BODY_BYTES + 4_000_000, frozenset({413, CLOSED})),
    ):
        body = GOOD + b" " * (size - len(GOOD))
        yield WireCase(f"{size} bytes with a length", _request(path, body, _length(size)), allowed)
        yield WireCase(f"{size} bytes in chunks", chunked(path, body, 1_000_000), allowed)


def _lengths(path: str) -> Iterator[WireCase]:
    size = len(GOOD)
    yield WireCase("more promised than sent", _request(path, GOOD, _length(size + 9)), BAD, ends=True)
    yield WireCase("less promised than sent", _request(path, GOOD, _length(size - 9)), BAD)
    for text in ("-1", "abc", "1_0", "0x10", "+5", "5,5", "1e3", "99999999999999999999", "", " ", "٥"):
        header = f"Content-Length: {text}".encode()
        yield WireCase(f"the length {text!r}", _request(path, GOOD, header), REFUSED, ends=True)
    twice = _length(size) + b"\r\n" + _length(size + 1)
    yield WireCase("two lengths", _request(path, GOOD, twice), BAD)
    both = _length(size) + b"\r\nTransfer-Encoding: chunked"
    yield WireCase("a length and chunks", _request(path, _chunks_of(GOOD), both), REFUSED | {204}, ends=True)
    for coding in ("gzip, chunked", "chunked, gzip", "gzip", "chunked, chunked", "xchunked", "\x0bchunked"):
        header = f"Transfer-Encoding: {coding}".encode()
        once = {204} if coding == "chunked, chunked" else set()  # waitress takes it for one
        sent = _request(path, _chunks_of(GOOD), header)
        yield WireCase(f"the coding {coding!r}", sent, REFUSED | once, ends=True)


def _chunks(path: str) -> Iterator[WireCase]:
    whole = _chunks_of(GOOD)
    for text in ("zz", "-5", "0x5", "+5", "", " ", "5 5", "F" * 17, "1" * 5_000, "٥", "5;\x00", "5\x00"):
        body = text.encode() + b"\r\nhello\r\n0\r\n\r\n"
        yield WireCase(f"the chunk size {text[:20]!r}", _chunk_request(path, body), BAD, ends=True)
        later = whole[: -len(b"0\r\n\r\n")] + body
        yield WireCase(f"the later chunk size {text[:20]!r}", _chunk_request(path, later), BAD, ends=True)
    yield WireCase(
        "a chunk without its end", _chunk_request(path, b"5\r\nhelloX\r\n0\r\n\r\n"), BAD, ends=True
    )
    yield WireCase("a chunk cut short", _chunk_request(path, b"ff\r\nhello"), BAD, ends=True)
    yield WireCase("no last chunk", _chunk_request(path, whole[: -len(b"0\r\n\r\n")]), BAD, ends=True)
    trailed = whole[:-2] + b"X-Late: 1\r\nbroken\r\n\r\n"
    yield WireCase("a broken trailer", _chunk_request(path, trailed), BAD | {204}, ends=True)
    yield WireCase("100,000 chunks", chunked(path, GOOD + b" " * 100_000, 1), frozenset({204}))


def _heads(path: str) -> Iterator[WireCase]:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n".encode()
    for name, line in (
        ("a bare line feed", b"X-A: 1\nX-B: 2\r\n"),
        ("a NUL", b"X-A: \0\r\n"),
        ("no colon", b"nonsense\r\n"),
        ("a space before the colon", b"X-A : 1\r\n"),
        ("a folded line", b"X-Correlation-Id: a\r\n b: c\r\n"),
        ("bytes that are no ASCII", b"X-\xe9: \xff\xfe\r\n"),
        ("an empty name", b": 1\r\n"),
        ("a header of 100 KB", b"X-A: " + b"a" * 100_000 + b"\r\n"),
        ("a header of 1 MB", b"X-A: " + b"a" * 1_000_000 + b"\r\n"),
        ("5,000 headers", b"".join(b"X-%d: 1\r\n" % number for number in range(5_000))),
        ("a correlation id that splits", b"X-Correlation-Id: a\rSet-Cookie: b\r\n"),
    ):
        sent = head + line + _length(2) + b"\r\n\r\n{}"
        yield WireCase(f"head: {name}", sent, ends=True)
    for line in ("GET", "POST  HTTP/1.1", f"POST {path}", f"POST {path} HTTP/3.0", "POST * HTTP/1.1", "\0"):
        yield WireCase(
            f"request line {line!r}", line.encode() + b"\r\nHost: localhost\r\n\r\n", REFUSED | {404}, True
        )
    yield WireCase(
        "a path of 200 KB",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        REFUSED | {404},
        True,
    )
    yield WireCase("TLS", bytes.fromhex("16030100a5010000a10303") + bytes(160), REFUSED, ends=True)
    yield WireCase("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", REFUSED | {404}, ends=True)
    yield WireCase("nothing", b"", REFUSED, ends=True)


def _length(size: int) -> bytes:
    return b"Content-Length: %d" % size


def _request(path: str, body: bytes, headers: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n".encode()
    return head + headers + b"\r\n\r\n" + body


def _chunk_request(path: str, chunks: bytes) -> bytes:
    return _request(path, chunks, b"Transfer-Encoding: chunked")


def _chunks_of(body: bytes, size: int = 1_000) -> bytes:
    parts = (body[start : start + size] for start in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def chunked(path: str, body: bytes, size: int = 1_000) -> bytes:
    return _chunk_request(path, _chunks_of(body, size))
