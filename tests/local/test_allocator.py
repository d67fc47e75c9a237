"""The limit on what the C library keeps."""

import platform

import pytest

from local.allocator import share_arenas


@pytest.mark.parametrize(
    ("library", "is_limited"),
    [
        pytest.param(("glibc", "2.36"), True, id="glibc takes the limit"),
        pytest.param(("", ""), False, id="another library is left alone"),
    ],
)
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="this C library has no such limit")
def test_the_threads_share_their_pools_where_the_library_can_do_that(
    monkeypatch: pytest.MonkeyPatch, library: tuple[str, str], is_limited: bool
) -> None:
    monkeypatch.setattr(platform, "libc_ver", lambda: library)

    assert share_arenas() is is_limited
