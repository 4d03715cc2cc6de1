"""What tests may take that stand on an environment of its own (infra.own_environment): the first of them makes it."""

import pytest

# pip brings a hundred packages from a lock, on a machine that is busy with other tests; and who does not make the
# environment waits as long for who does. Any later run takes seconds.
PATIENT = pytest.mark.timeout(900)
