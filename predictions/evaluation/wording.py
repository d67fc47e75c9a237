"""How figures are written, on a page and in a terminal; a dash where there is none."""


def figure(value: float | None, digits: int = 3) -> str:
    """Write a number with so many decimals."""
    return "–" if value is None else f"{value:.{digits}f}"


def signed(value: float | None, digits: int = 3) -> str:
    """Write a number with its sign."""
    return "–" if value is None else f"{value:+.{digits}f}"
