"""`switchboard …` and `python -m switchboard …`: one clear sentence instead of a traceback.

Exit codes: 0 fine (warnings included), 1 it found something wrong, 2 used wrongly.
"""

from __future__ import annotations

import os
import sys

from switchboard.errors import SettingsError, SwitchboardError


def main() -> None:
    """The console script."""
    from switchboard.cli import app

    try:
        app()
    except SettingsError as error:
        _end(str(error), 2)
    except SwitchboardError as error:
        _end(str(error), 1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # the reader, `head` for one, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(1)


def _end(text: str, code: int) -> None:
    print(f"switchboard: {text}", file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
