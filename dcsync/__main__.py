"""`python -m dcsync` is the `dcsync` command."""

import sys

from dcsync.cli import main

sys.exit(main())
