PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8080
SEEDS ?= 1000
ROUNDS ?= 100
SECONDS ?= 60
EXAMPLES ?= 40
PYTHON313 ?= $(firstword $(wildcard $(HOME)/.pyenv/versions/3.13*/bin/python3.13) python3.13)

.PHONY: run serve test test-browser tour test-emulated test-images emulators simulate break break-emulated load fuzz bench lint lock clean
.DEFAULT_GOAL := run

.venv/.run: requirements.txt $(wildcard requirements/*.txt) pyproject.toml
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

test-emulated: .venv/.dev emulators  ## the cloud side, on emulators; what is not there is skipped and named
	$(BIN)/python -m pytest -m emulated -rs -n 2 --dist loadfile

test-images: .venv/.dev  ## every step of the Dockerfiles, without Docker
	$(BIN)/python -m pytest -m images -rs

test-browser: .venv/.dev  ## the console in a headless Chromium; skipped, saying so, where there is none
	$(BIN)/python -m pytest tests/browser -m browser -rs

tour: .venv/.dev  ## the pictures of docs/tour.md, taken again
	$(BIN)/python tests/browser/tour.py

emulators: .venv-emulators/.ready

.venv-emulators/.ready: requirements/emulators.txt
	@rm -rf .venv-emulators
	@if $(PYTHON313) -m venv .venv-emulators 2>/dev/null \
		&& .venv-emulators/bin/python -m pip install --quiet --disable-pip-version-check -r $<; \
	then touch $@; \
	else rm -rf .venv-emulators; echo "no BigQuery emulator here: it needs Python 3.13 and the package index"; fi

simulate: .venv/.dev  ## the protocol under SEEDS runs of seeded faults; exits 1 if anything is violated
	$(BIN)/python tests/faults/simulate.py --seeds $(SEEDS)

break: .venv/.dev  ## the served stack killed in ROUNDS rounds, and every other fault that a machine has
	$(BIN)/python tests/breaking/served.py --rounds $(ROUNDS)

break-emulated: ROUNDS = 20
break-emulated: .venv/.dev emulators  ## the same on the emulated cloud
	$(BIN)/python tests/breaking/emulated.py --rounds $(ROUNDS)

load: .venv/.dev  ## as many pushes as the machine can offer for SECONDS, then a season of slates
	$(BIN)/python tests/load/pushes.py --seconds $(SECONDS)
	$(BIN)/python tests/load/season.py

fuzz: .venv/.dev  ## bad input at every endpoint; exits 1 if anything is answered that must not be
	$(BIN)/python tests/fuzz/bad_input.py --examples $(EXAMPLES)

bench: .venv/.run
	$(BIN)/nba-props bench --players 450
	$(BIN)/nba-props bench --players 10000

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Dockerfile.coordinator Dockerfile.worker Dockerfile.precompute

LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes \
	--custom-compile-command 'make lock' $(UPGRADE)
lock: .venv/.dev  ## the images' exact packages; UPGRADE=--upgrade takes newer ones
	$(LOCK) requirements/service.txt requirements/telemetry.txt requirements/alerts.txt -o requirements/coordinator.lock >/dev/null
	$(LOCK) requirements/service.txt requirements/telemetry.txt requirements/forecasts.txt -o requirements/worker.lock >/dev/null
	$(LOCK) requirements/service.txt requirements/telemetry.txt requirements/alerts.txt -o requirements/precompute.lock >/dev/null

clean:
	rm -rf .venv .venv-emulators .nba-props
