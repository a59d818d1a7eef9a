# Everything this project does has a name here. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run test lint format types drills bench migration lock sbom audit vendor for-running for-testing
# All recipes call the tools of .venv by relative paths, so that a folder with spaces in its name works.
BIN := .venv/bin
UV ?= $(shell command -v uv || echo $(BIN)/uv)
# Another Python than the first suitable one: make run PYTHON=python3.13
export PYTHON

help: ## List these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1@/p' Makefile | awk -F@ '{ printf "  make %-11s %s\n", $$1, $$2 }'

run: for-running ## Start the demo society on http://127.0.0.1:8000 and print its log-ins
	@$(BIN)/mathsoc run --demo

test: for-testing ## Everything: lint, types, all tests on SQLite, PostgreSQL and in Chromium; nothing skipped
	@$(MAKE) --no-print-directory lint types
	@$(BIN)/python tools/chromium.py
	$(BIN)/pytest -n auto --dist loadgroup -m "not drill and not timed"
	@echo "Now those that claim seconds, one after another, with the machine to themselves:"
	$(BIN)/pytest -m "timed and not drill"

lint: for-testing ## Check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: for-testing ## Put style and formatting right where that can be done by machine
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: for-testing ## Check the types
	$(BIN)/mypy

drills: for-testing ## The long fault and fuzz drills
	@$(BIN)/python tools/chromium.py
	$(BIN)/pytest -m drill || { code=$$?; [ $$code -eq 5 ] && echo "There are no drills yet." || exit $$code; }

bench: for-testing ## The benchmarks, each with its table: make bench [PAIRS="file.jsonl …"] to mark those
	@echo "== bench/reading.py" && $(BIN)/python -m bench.reading
	@echo "== bench/searching.py" && $(BIN)/python -m bench.searching
	@echo "== bench/live.py" && $(BIN)/python bench/live.py
	@echo "== bench/marking.py" && $(BIN)/python bench/marking.py $(or $(PAIRS),tests/marking/cases/*.toml)

migration: for-testing ## Write a migration from the models: make migration m="what changes"
	@$(BIN)/python tools/migration.py "$(m)"

lock: ## Resolve the dependencies of pyproject.toml anew into the lock files
	$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra build pyproject.toml -o requirements.lock
	$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --all-extras pyproject.toml -o requirements-dev.lock
	echo "uv==0.13.*" | $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate - -o tools/uv.lock.txt
	echo "math-verify[antlr4_13_2]==0.9.*" | $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate - -o bench/rivals/math-verify.txt
	echo "sympy==1.14.* antlr4-python3-runtime==4.11.*" | tr " " "\n" | $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate - -o bench/rivals/sympy.txt

sbom: for-testing ## Write sbom.json (CycloneDX) from the lock file
	@$(BIN)/python tools/supply.py sbom

audit: for-testing ## Ask for advisories on the locked versions, and fail on one (needs the network once in 30 days)
	@$(BIN)/python tools/supply.py audit

vendor: ## Build static/vendor anew from package-lock.json (needs Node)
	npm ci
	node tools/vendor.mjs

for-running:
	@tools/environment.sh run

for-testing: ## Make .venv with all that the tests need, without running them
	@tools/environment.sh dev
