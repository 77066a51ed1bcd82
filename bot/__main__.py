"""`python -m bot`: the command line without an installed script, as a Procfile host runs it."""

import sys

from bot.cli import main

sys.exit(main())
