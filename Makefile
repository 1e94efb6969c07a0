# Everything a person does with Baton. `make` alone tells what there is.
.DEFAULT_GOAL := help
.PHONY: help run test chaos bench check lint format lock clean forget environment dev-environment browser

PYTHON ?= python3
BIN := .venv/bin

# What production must set; the checks run with it, and it reaches no server.
PRODUCTION := DATABASE_URL=postgresql://baton@127.0.0.1:1/baton REDIS_URL=redis://127.0.0.1:1/0 \
	BATON_SECRET_KEY=only-for-the-checks-7f3b9d5c1a8e6f2b4d0c9a7e5f3b1d8c6a4e2f0b BATON_BASE_URL=https://baton.example \
	BATON_ALLOWED_HOSTS=baton.example BATON_STATE_DIR="$(CURDIR)/var"
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1\t/' | expand -t 16

run: environment ## Run Baton here: servers, web, worker and beat (PORT=8000)
	@exec $(BIN)/python -m config.supervisor.run --with-parent

test: dev-environment browser ## Run the tests (TESTS= and PYTEST= choose)
	@$(BIN)/python -m pytest -n 3 --dist loadgroup $(PYTEST) $(TESTS)

chaos: dev-environment ## Throw everything at it: killed processes, eight reps a lead, hours without workers
	@BATON_CHAOS=full $(BIN)/python -m pytest -n 0 $(PYTEST) tests/chaos tests/handoff/lifecycle/test_state_machine.py

bench: dev-environment ## Measure beside hand-written floors (BENCH="--leads 1000000 --activities 10000000")
	@$(BIN)/python -m bench $(BENCH)

# Side by side: the linters use one core of two at most.
check: ## Everything CI runs: format, lint, types, imports, migrations, templates, deployment, tests
	@$(MAKE) --no-print-directory -j2 lint test

lint: dev-environment
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@$(PRODUCTION) sh -ec 'set -x; \
		$(BIN)/mypy; \
		$(BIN)/lint-imports --no-cache; \
		$(BIN)/djlint --quiet --check templates; \
		$(BIN)/djlint --quiet --lint templates; \
		$(BIN)/python manage.py check --deploy --fail-level WARNING'
	$(BIN)/python manage.py makemigrations --check --dry-run

format: dev-environment ## Bring the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/djlint --quiet --reformat templates || true

lock: dev-environment ## Resolve requirements/*.in anew, with hashes (UPGRADE=--upgrade for newer versions)
	$(COMPILE) $(UPGRADE) requirements/dev.in -o requirements/dev.txt
	$(COMPILE) -c requirements/dev.txt requirements/embedded.in -o requirements/embedded.txt
	$(COMPILE) -c requirements/dev.txt requirements/base.in -o requirements/base.txt

clean: ## Remove the environment and the caches; data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

forget: environment ## Remove the state directory: database, files and logs of this checkout
	@$(BIN)/python -m config.embedded.forget

environment:
	@$(PYTHON) requirements/install.py embedded

dev-environment:
	@$(PYTHON) requirements/install.py dev

browser: dev-environment
	@$(BIN)/python -m tests.browser_install
