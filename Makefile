# make run: the switchboard, from nothing. make test: everything that can be checked. make help: the rest.
.DEFAULT_GOAL := help
.PHONY: help run test bench lint environment test-environment containers containers-test fuzz requirements clean

# Processes that tests of calls are spread over, which mostly wait, and tests of pages, whose browsers don't (two cores).
WORKERS ?= 5
BROWSERS ?= 2
FUZZ_SECONDS ?= 600
PYTHON ?=
export PYTHON
COMPILE = uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

run: environment  ## everything the switchboard needs, then the switchboard, until Ctrl-C
	@.venv/bin/switchboard run

test: test-environment lint  ## all tests, with real Asterisks and real phones
	@.venv/bin/switchboard programs --for-tests
	@tools/tests.sh $(WORKERS) $(BROWSERS)

containers:  ## build and start the switchboard in containers (docs/operations.md), until Ctrl-C
	@tools/containers.sh

containers-test: test-environment  ## the compose file with real calls; NOT TESTED is said where no engine can run
	@.venv/bin/switchboard programs --for-tests
	@.venv/bin/python -m pytest tests/containers

bench: test-environment  ## measure calls a second, memory, decisions (docs/performance.md)
	@.venv/bin/switchboard programs --for-tests
	@.venv/bin/python -m bench $(BENCH)

lint: test-environment  ## ruff, and the direction of imports
	@.venv/bin/ruff check .
	@.venv/bin/lint-imports

environment:
	@tools/environment.sh run

test-environment:
	@tools/environment.sh dev

fuzz: test-environment  ## broken rules files for the loader, for FUZZ_SECONDS (600)
	@.venv/bin/python -m tests.rules.fuzz_loader $(FUZZ_SECONDS)

requirements:  ## compile the pinned requirements anew from pyproject.toml (needs uv)
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) --extra dev pyproject.toml -o requirements-dev.txt

clean:  ## remove what can be made again; data (var/) stays
	rm -rf .venv build dist *.egg-info .pytest_cache .hypothesis .ruff_cache .mypy_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
