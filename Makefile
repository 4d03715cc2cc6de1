# The six commands: make setup, make run, make test, make lint, make fuzz, make simulate. Each does its own set-up first.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

EXAMPLES ?= 200
SEED ?=
SEEDS ?= 1000
SEED_FROM ?= 0

.PHONY: setup run test lint fuzz simulate clean

setup: $(READY)

# The marker is the last thing written: a set-up that was interrupted is done again.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Emporium needs Python 3.11 or newer; this is %s. Try: make PYTHON=python3.12 $(MAKECMDGOALS)" % sys.version.split()[0])'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

run: setup
	@exec $(BIN)/emporium up

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m infra.types
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive chassis functions infra benchmarks
	@# Tests are made of asserts, sample passwords and seeded chance, all of low severity.
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive --severity-level medium tests

test: lint
	@# In the order that tests/conftest.py gives them: xdist's own begins with the files of many tests, and ends with the long ones.
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# What `make test` looks at shortly, at length; it says how to have the same run again.
fuzz: setup
	@$(BIN)/python -m tests.fuzz --examples $(EXAMPLES) $(if $(SEED),--seed $(SEED))

# The shop through faults, a world for each seed; a seed that breaks a rule is told by the line that repeats it.
simulate: setup
	@$(BIN)/python -m tests.simulation --seeds $(SEEDS) --seed-from $(SEED_FROM)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache build *.egg-info
