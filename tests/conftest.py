"""How much the property tests try: CHAINRULE_TESTS=thorough tries twenty times as much, at random."""

import os

from hypothesis import settings

settings.register_profile("everyday", max_examples=25, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=500, deadline=None)
settings.load_profile(os.environ.get("CHAINRULE_TESTS", "everyday"))
