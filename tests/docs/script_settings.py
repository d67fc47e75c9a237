"""What the scripts are set to, asked of a bash that reads their settings as they do."""

import os
import re
import subprocess

from docs_page import ROOT

_CATALOGUES = ("bin/lib/settings.sh", ".env.example")
_READ = "source bin/lib/all.sh; DRY_RUN=0 PROJECT_NUMBER=1; load_settings; "


def rows(commands: str, **environment: str) -> list[str]:
    """Return the lines that shell commands print when the settings are read, with nothing else exported."""
    result = subprocess.run(
        ["bash", "-c", _READ + commands],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout.splitlines()


def default(name: str) -> str:
    """Return the value that a setting has if nobody sets it; KeyError for what is no setting."""
    if name not in names():
        raise KeyError(name)
    return "\n".join(rows(f'printf "%s\\n" "${name}"'))


def names() -> set[str]:
    """Return every name that the scripts or the services can be set by."""
    text = "\n".join((ROOT / file).read_text("utf-8") for file in _CATALOGUES)
    return set(re.findall(r"(?:^|default )([A-Z][A-Z0-9_]+)(?=[= ])", text, re.MULTILINE))
