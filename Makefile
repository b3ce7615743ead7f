# Every target calls scripts/dev.py, which runs without make as well.
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: help setup demo test check fix site bench constraints clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv and install everything for work on the code
	@$(PYTHON) scripts/dev.py setup

demo: ## review the made-up county and say where the results lie
	@$(PYTHON) scripts/dev.py demo

test: ## set up and run all tests
	@$(PYTHON) scripts/dev.py test

check: ## format, lint, types, architecture, spelling, notebooks, documents, tests
	@$(PYTHON) scripts/dev.py check

fix: ## format the code, strip the notebooks, write docs/cli.md
	@$(PYTHON) scripts/dev.py fix

site: ## build the documentation site, which needs no network
	@$(PYTHON) scripts/dev.py site

bench: ## run the benchmarks
	@$(PYTHON) scripts/dev.py bench

constraints: ## work out constraints.txt anew
	@$(PYTHON) scripts/dev.py constraints

clean: ## remove .venv, caches and the demo's results
	@$(PYTHON) scripts/dev.py clean
