# Every target makes the folder ready first; when it already is, that costs nothing.
PYTHON ?= python3
VENV := .venv/bin
MAKEFLAGS += --no-print-directory

.PHONY: up test demo bench simulate chaos chaos-messages sabotage fuzz check lock audit clean ready

up: ready
	@exec $(VENV)/python -m app.up

test: EXTRAS = --browser --peers
test: ready
	@$(VENV)/python -m pytest -n 3

demo: ready
	@$(VENV)/python -m app.demo

bench: ready
	@$(VENV)/python -m tests.bench

simulate: ready
	@$(VENV)/python -m tests.simulation

# Rounds of faults under load, each part killed, cut off, slowed down, filled up: nothing acknowledged
# may be lost or doubled. ROUNDS=1000 takes a night; SEED=… FIRST=… plays rounds again.
chaos: ready
	@$(VENV)/python -m tests.chaos.campaign --rounds $(or $(ROUNDS),30) --first $(or $(FIRST),0) \
	  $(if $(SEED),--seed $(SEED))

# Messages under fire: kill -9 of the worker, Valkey and PostgreSQL, and a FLUSHALL, again and again.
chaos-messages: ready
	@$(VENV)/python -m tests.worker.chaos $(or $(COUNT),6000)

# A million dirty events in twenty orders, the writer killed in between: the same ledgers.
ledgers: ready
	@$(VENV)/python -m tests.ledgers

# Break the product on purpose, one thing at a time: every sabotage must turn a test red.
sabotage: ready
	@$(VENV)/python -m tests.security.sabotage $(if $(ONLY),--only "$(ONLY)")

# Every door of both sites, asked by a machine as every role of two provinces. SEED=… asks the same again.
fuzz: ready
	@FUZZ_EXAMPLES=$(or $(EXAMPLES),20) FUZZ_SEED=$(or $(SEED),20261123) \
	  $(VENV)/python -m pytest -n 0 tests/openapi/test_fuzz.py

check: ready
	@$(VENV)/ruff format --check .
	@$(VENV)/ruff check .
	@$(VENV)/mypy
	@$(VENV)/lint-imports
	@$(VENV)/bandit --quiet --recursive --configfile pyproject.toml app billing storage tenants infra
	@$(VENV)/python -m tests.security.checkers rules advisories
	@$(MAKE) test

# Locks again to the newest versions that pyproject.toml allows, with a locker of its own.
lock: ready
	@$(VENV)/python -m venv --clear .data/locker
	@.data/locker/bin/pip install --quiet uv
	@cd infra/locks && for name in run dev tools; do \
	  ../../.data/locker/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --custom-compile-command "make lock" \
	    --output-file $$name.txt $$name.in || exit 1; done
	@rm -rf .data/locker

# Known weaknesses of what is locked, asked of the advisory database by a tool of its own.
audit: ready
	@$(VENV)/python -m tests.security.checkers advisories --asked

clean:
	@$(PYTHON) infra/bootstrap.py --clean

ready:
	@command -v $(PYTHON) >/dev/null || { echo "motcua: $(PYTHON) is not installed: install Python 3.11 or newer, or name it with PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) infra/bootstrap.py $(EXTRAS)
