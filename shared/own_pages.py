"""What a browser's headers say of a request: which machine it means, and which page sends it. Pure."""

import ipaddress
from urllib.parse import urlsplit

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})  # they change nothing


def names_loopback(host: str) -> bool:
    """Say whether a Host header names this machine, with a port or without: localhost, or its address."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or is_loopback(name)


def is_loopback(address: str) -> bool:
    """Say whether an address is this machine's own: 127.0.0.0/8 or ::1."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def is_page_of(host: str, origin: str) -> bool:
    """Say whether an Origin header names this host and port; `null`, or what is no address, names nobody."""
    try:
        page = urlsplit(origin).netloc
    except ValueError:
        return False
    return page != "" and page == host
