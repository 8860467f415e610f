# The one-word commands of the project; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --root-user-action ignore

CATALOGUES := $(wildcard src/tranche/locale/*/LC_MESSAGES/*.po)
RUN_READY := $(VENV)/.ready-run
TEST_READY := $(VENV)/.ready-test
BENCH_READY := $(VENV)/.ready-bench
PACKAGE_READY := $(VENV)/.ready-package
CATALOGUES_READY := $(VENV)/.ready-catalogues

.PHONY: help demo test crash soak races model lint lint-style lint-types lint-layers lint-repository bench messages format clean

help: ## List these commands
	@sed -nE 's/^([a-z]+):.*## (.*)$$/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 18
	@echo 'Pass options on with ARGS, for example: make demo ARGS="--port 9000"'

demo: $(RUN_READY) $(PACKAGE_READY) $(CATALOGUES_READY) ## Run the whole mechanism on the sample and serve it
	@$(BIN)/tranche demo $(ARGS)

test: $(TEST_READY) $(PACKAGE_READY) $(CATALOGUES_READY) ## Run the whole suite, browser tests included
	@tools/system-packages test
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadscope $(ARGS)

crash: $(TEST_READY) $(PACKAGE_READY) $(CATALOGUES_READY) ## Run only the tests that kill or starve a process
	@tools/system-packages test
	@$(BIN)/python -m pytest -m crash $(ARGS)

soak: $(TEST_READY) $(PACKAGE_READY) $(CATALOGUES_READY) ## Approved postings over HTTP, then the ledger against its model for hours; Ctrl-C stops it
	@tools/system-packages test
	@$(BIN)/python -m tests.bench.released --minutes 10
	@$(BIN)/python -m tests.simulation --seed 1000 --operations 10000000 --book 5000 $(ARGS)

races: $(TEST_READY) $(PACKAGE_READY) $(CATALOGUES_READY) ## Let threads race at decisions, 10,000 rounds of each kind
	@tools/system-packages test
	@$(BIN)/python -m pytest --rounds 10000 tests/actions/test_races_signoff.py $(ARGS)

model: $(TEST_READY) $(PACKAGE_READY) ## Search the small world of sign-off for anything forbidden
	@$(BIN)/python -m tests.model $(ARGS)

lint: $(TEST_READY) $(PACKAGE_READY) ## Check style, types, layers and the repository's own rules
	@$(MAKE) --no-print-directory --jobs 2 --keep-going --output-sync lint-types lint-style lint-layers lint-repository

lint-types:
	@$(BIN)/mypy

lint-style:
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .

lint-layers:
	@$(BIN)/lint-imports --no-logo

lint-repository:
	@$(BIN)/python -m pytest --quiet --no-header tests/test_repository.py

bench: $(BENCH_READY) $(PACKAGE_READY) ## Measure, and print each figure with its peer
	@$(BIN)/python -m tests.bench $(ARGS)

messages: $(TEST_READY) $(PACKAGE_READY) ## Bring the message catalogues in step with the pages
	@$(BIN)/python tools/make_messages.py $(ARGS)

format: $(TEST_READY) ## Rewrite the source in the house style
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

clean: ## Remove what set-up and checks made; data folders stay
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage htmlcov dist
	@find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
	@find src -name '*.mo' -type f -delete

$(BIN)/python:
	@tools/system-packages demo
	@$(PYTHON) -m venv $(VENV)

$(RUN_READY): requirements/run.txt | $(BIN)/python
	@echo "Installing what the program needs ..."
	@$(PIP) --require-hashes --requirement requirements/run.txt
	@touch $@

$(TEST_READY): requirements/test.txt | $(RUN_READY)
	@echo "Installing what the tests need ..."
	@$(PIP) --require-hashes --requirement requirements/test.txt
	@touch $@

$(BENCH_READY): requirements/bench.txt | $(TEST_READY)
	@echo "Installing the peers to measure beside ..."
	@$(PIP) --require-hashes --requirement requirements/bench.txt
	@touch $@

$(PACKAGE_READY): pyproject.toml hatch_build.py | $(RUN_READY)
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(CATALOGUES_READY): $(CATALOGUES) | $(PACKAGE_READY)
	@$(BIN)/python hatch_build.py
	@touch $@
