"""Records the code of now, and what it tells, keeps and promises: python -m tests.compatibility.record.

That is for a release, once it runs at every stage, and for nothing else: else no change is held against anything.
"""

import importlib

from infra.apps_in_process import load_apps

if __name__ == "__main__":
    load_apps()  # and with them the places where tests find their code
    importlib.import_module("tests.conftest")  # an AWS of this process's own
    importlib.import_module("tests.compatibility.released").record()
