"""Why a channel did not take an alert: fixed words for what Apprise logged, so that no secret is told."""

import re
from collections.abc import Iterable

_EXCEPTION = r"^Socket Exception: .*"
_FAULTS = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"^Service '.*' did not finish within ", "no answer in time"),
        (r"\berror=(\d{3})\.?$", "it answered HTTP {}"),
        (r"^SMTP recipient .* was refused: (\d{3}) ", "the mail server refused a recipient ({})"),
        (_EXCEPTION + r"\((\d{3}), b", "the mail server answered {}"),
        (_EXCEPTION + r"timed out", "no answer in time"),
        (_EXCEPTION + r"[Cc]onnection refused", "connection refused"),
        (_EXCEPTION + r"(?:Name or service not known|Failed to resolve|getaddrinfo)", "unknown host"),
        (_EXCEPTION + r"CERTIFICATE_VERIFY_FAILED", "its certificate is not trusted"),
        (_EXCEPTION + r"SSL", "no secure connection could be made"),
    )
)


def fault_of(lines: Iterable[str]) -> str:
    """Return what the first telling line means; of the line itself at most a three-digit code is kept."""
    for line in lines:
        for pattern, words in _FAULTS:
            if found := pattern.search(line):
                return words.format(*found.groups())
    return "it was not taken"
