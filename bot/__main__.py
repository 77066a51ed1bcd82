"""`python -m bot`: the command line without an installed script, as a Procfile host runs it."""

import signal
import sys

# As process 1 of a container a process without a handler ignores SIGTERM, and what follows takes a moment.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))

from bot.cli import main  # noqa: E402

sys.exit(main())
