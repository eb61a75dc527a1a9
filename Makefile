# `make demo` and `make test` need nothing but Python, pip, git and make: they build .venv themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEMO_STAMP := $(VENV)/.installed-demo

.DEFAULT_GOAL := help
.PHONY: help demo test lint format bench fuzz proofs mistakes mutate soak generate images clean

help:  ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade 'pip>=23.1'

$(STAMP): pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[dev]'
	@touch $@ $(DEMO_STAMP)

$(DEMO_STAMP): pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[server]'
	@touch $@

demo: $(DEMO_STAMP)  ## validate, plan, sync, plan again, on a server and a database of its own
	@$(BIN)/python scripts/demo.py

test: $(STAMP)  ## run the tests and measure the coverage of branches
	$(BIN)/python -m pytest -q -n auto --cov --cov-report=term:skip-covered $(ARGS)

lint: $(STAMP)  ## ruff, mypy, zizmor and the architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/zizmor --offline --quiet --config zizmor.yml action.yml ci/github/*.yml
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/test_architecture.py

format: $(STAMP)  ## format the code and sort what can be sorted
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

generate: $(STAMP)  ## write again what is generated: validators, schemas of reports, rule pages
	$(BIN)/python scripts/build_validators.py
	$(BIN)/python scripts/build_schemas.py
	$(BIN)/python scripts/build_docs.py

images: $(STAMP)  ## draw the terminal pictures of the README again
	$(BIN)/python scripts/build_images.py

bench: $(STAMP)  ## measure against peers, write docs/benchmarks.md
	$(BIN)/python scripts/bench.py --write $(ARGS)
	$(BIN)/python scripts/bench_plan.py --write $(PLAN_ARGS)

fuzz: $(STAMP)  ## fuzz the loader and the rules for ten minutes
	$(BIN)/python scripts/fuzz.py $(ARGS)

proofs: $(STAMP)  ## show that fmt and --fix lose nothing, on playbooks and a thousand mutants
	$(BIN)/python scripts/edit_proofs.py $(ARGS)

mistakes: $(STAMP)  ## seed known mistakes into playbooks and measure which the rules find
	$(BIN)/python scripts/seeded_mistakes.py $(ARGS)

mutate: $(STAMP)  ## change the code of rules and flow in small ways and see which the tests notice
	$(BIN)/python scripts/mutate.py $(ARGS)

soak: $(STAMP)  ## the long versions of the tests that kill, race and break things
	$(BIN)/python -m pytest -q -m soak -n 0 $(ARGS)

clean:  ## remove what was built
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache dist
