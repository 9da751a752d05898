# Everything starts here: `make` alone lists the targets. The only thing needed beforehand is Python 3.11 to 3.13.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
unexport PYTHONDONTWRITEBYTECODE# without byte code every process imports Airflow three times slower
export UV_PYTHON_DOWNLOADS = never
export UV_PROJECT_ENVIRONMENT = .venv
unexport VIRTUAL_ENV

BIN := .venv/bin
INSTALLED := .venv/.installed
# as many tests at a time as there are processors, every file by one worker
SPREAD := -n logical --dist loadfile
OURS := catalogue expectations ingest publish taizhang transforms warehouse dags tests benchmarks

.PHONY: help install demo up down test check fix generate bench eval

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## the environment .venv, exactly as locked, byte-compiled

# uv from PATH, else the locked version of uv installed by pip into .venv itself.
$(INSTALLED): uv.lock pyproject.toml
	@if command -v uv > /dev/null; then uv=uv; else \
	  if [ ! -x $(BIN)/uv ]; then \
	    python=; \
	    for found in python3 python3.13 python3.12 python3.11; do \
	      if $$found -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2> /dev/null; then \
	        python=$$found; break; fi; \
	    done; \
	    if [ -z "$$python" ]; then echo "Python 3.11, 3.12 or 3.13 is needed: install one and try again." >&2; exit 2; fi; \
	    $$python -m venv .venv; \
	    version=$$(awk '/^name = "uv"$$/ { getline; gsub(/[^0-9.]/, ""); print; exit }' uv.lock); \
	    $(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$$version"; \
	  fi; uv=$(BIN)/uv; \
	fi; \
	$$uv sync --quiet --frozen --compile-bytecode
	@touch $@

demo: $(INSTALLED) ## a fictional county of 31 townships, from inbox to published ranking in the real Airflow, then stop
	@$(BIN)/taizhang demo

up: $(INSTALLED) ## start the local county: PostgreSQL, migrations, Airflow
	@$(BIN)/taizhang up

down: $(INSTALLED) ## stop it
	@$(BIN)/taizhang down

test: $(INSTALLED) ## every test, the fast ones first
	@$(BIN)/python -m pytest tests/unit $(SPREAD)
	@$(BIN)/python -m pytest tests --ignore=tests/unit $(SPREAD) --maxprocesses 3 --no-loadscope-reorder

check: $(INSTALLED) ## style, types, layers, SQL, lock file and generated files; changes nothing
	@$(BIN)/ruff check $(OURS)
	@$(BIN)/ruff format --check --quiet $(OURS)
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/sqlfluff lint --processes 0 --disable-progress-bar sql
	@$(BIN)/uv lock --check --quiet
	@$(BIN)/python -m taizhang.generated --check

fix: $(INSTALLED) ## what can be mended without thinking: imports, formatting, SQL layout
	@$(BIN)/ruff check --fix $(OURS)
	@$(BIN)/ruff format --quiet $(OURS)
	@$(BIN)/sqlfluff fix --disable-progress-bar sql

generate: $(INSTALLED) ## the files derived from the catalogue: SQL of the events, research views, data dictionary
	@$(BIN)/python -m taizhang.generated

bench: $(INSTALLED) ## side by side with the usual ways; minutes; writes benchmarks/results
	@$(BIN)/uv sync --quiet --frozen --compile-bytecode --group bench
	@$(BIN)/python -m benchmarks

eval: $(INSTALLED) ## how well reports are read: precision and recall beside a baseline, on ../shared/corpus where it stands
	@$(BIN)/python -m benchmarks.narrative_eval
