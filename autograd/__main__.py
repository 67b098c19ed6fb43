"""``python -m autograd`` is ``chainrule``."""

import sys

from autograd.cli import main

sys.exit(main())
