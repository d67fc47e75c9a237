PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8080

.PHONY: run serve test bench lint clean
.DEFAULT_GOAL := run

.venv/.run: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; try make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: .venv/.run  ## one slate from nothing to forecasts
	$(BIN)/nba-props demo

serve: .venv/.run  ## keep the stack up for curl
	$(BIN)/nba-props serve --port $(PORT)

test: .venv/.dev  ## everything that needs no cloud
	$(BIN)/python -m pytest -n 2

bench: .venv/.run
	$(BIN)/nba-props bench --players 450
	$(BIN)/nba-props bench --players 10000

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf .venv .nba-props
