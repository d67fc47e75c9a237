"""`python -m local.costs`: count a morning on this machine and print the tables of docs/costs.md."""

import sys
from datetime import date

from local.costs.day import Day
from local.costs.morning import spend_morning
from local.costs.tables import as_markdown
from shared.config import load_settings
from shared.logs import configure_logs

MEASURED_PLAYERS = 2_000
SIZES = (450, 100_000)
A_SLATE = date(2026, 1, 15)


def main() -> None:
    """Measure one slate of some thousand players and price the day of each size."""
    settings = load_settings(log_level="ERROR")
    configure_logs(settings.log_level)
    morning = spend_morning(MEASURED_PLAYERS, A_SLATE, settings)
    sys.stdout.write(as_markdown([Day(players, morning, settings) for players in SIZES]))


if __name__ == "__main__":
    main()
