# Everything a developer or an operator of a demo types. `make` alone explains itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ok

.DEFAULT_GOAL := help
PROVED := $(if $(filter 1,$(PROVE)),both,$(PROVE))
.PHONY: help setup run test test-sqlite test-postgres coverage storm lint format bench messages requirements vendor clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

setup: $(STAMP) ## create .venv with everything the project needs

$(STAMP): requirements/dev.txt requirements/runtime.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip --quiet --disable-pip-version-check install --require-hashes --no-deps -r requirements/dev.txt
	@$(BIN)/python -m pip --quiet --disable-pip-version-check install --no-deps --no-build-isolation -e .
	@touch $(STAMP)

run: $(STAMP) ## serve the portal with demo data at http://127.0.0.1:8000 (PORT=… changes it)
	@exec $(BIN)/medkarta run

test: $(STAMP) ## run the whole suite on SQLite, then on PostgreSQL (from a wheel)
	@$(BIN)/python scripts/run_tests.py

test-sqlite: $(STAMP) ## run the suite on SQLite only
	@$(BIN)/python scripts/run_tests.py sqlite

test-postgres: $(STAMP) ## run the suite on PostgreSQL only
	@$(BIN)/python scripts/run_tests.py postgres

coverage: $(STAMP) ## branch coverage of the rooms that must have 100 %, both databases together
	@$(BIN)/python scripts/coverage_rooms.py

lint: $(STAMP) ## check style, types, the floors of the house and templates
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy medkarta
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/djlint medkarta --lint --quiet
	@$(BIN)/medkarta makemigrations --check --dry-run

format: $(STAMP) ## format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

storm: $(STAMP) ## book and cancel while processes are killed, then judge (DATABASE SECONDS OPERATIONS CLIENTS KILLS SEED PROVE=1)
	@$(BIN)/python -m medkarta.devtools.storm $(if $(DATABASE),--database $(DATABASE)) \
	  $(if $(SECONDS),--seconds $(SECONDS)) $(if $(OPERATIONS),--operations $(OPERATIONS)) \
	  $(if $(CLIENTS),--clients $(CLIENTS)) $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED)) \
	  $(if $(PROVED),--prove $(PROVED))

bench: $(STAMP) ## measure pages against a constant answer, booking against pgbench, and how long people wait
	@$(BIN)/python scripts/bench.py
	@$(BIN)/python scripts/bench_booking.py

messages: $(STAMP) ## collect strings into the English catalogue and compile it
	@$(BIN)/python scripts/messages.py

requirements: ## compile pyproject.toml into hashed requirements
	@$(BIN)/python -m pip --quiet install uv
	@$(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements/runtime.txt
	@$(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-header --group dev --extra gost --extra s3 -c requirements/runtime.txt pyproject.toml -o requirements/dev.txt

vendor: $(STAMP) ## fetch the front-end files from their npm packages (needs npm)
	@$(BIN)/python scripts/vendor.py

clean: ## remove the environment and the demo's data
	@rm -rf $(VENV) var build
