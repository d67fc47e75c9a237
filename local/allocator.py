"""How much of what was freed the C library keeps: of a stack whose many threads take turns at one store."""

import ctypes
import platform

ARENAS = 2
_M_ARENA_MAX = -8  # as malloc.h of glibc has it


def share_arenas() -> bool:
    """Let all threads allocate from ARENAS pools; say whether this C library has such a limit.

    glibc gives threads up to eight pools a core, and each keeps the working memory of the largest query
    that one of its threads has ever run: memory grows until every pool has seen one. Comes before threads.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, ARENAS))
