# Everything a newcomer needs is `make run` and `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONPATH := $(CURDIR)

.PHONY: help setup test-setup run serve test lint types pwa-test pytest bench drill screens openapi format requirements fuzz

help: ## print this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: ## virtual environment, pinned packages, the app's build; instant when nothing changed
	@scripts/tools.sh
	@scripts/venv.sh requirements.txt
	@scripts/pwa.sh

run: setup ## start everything: servers, web, gateway, workers; with an empty database also the demo estate
	@python -m backend.kernel.run

serve: setup ## the same without the demo estate, for real use
	@python -m backend.kernel.run --without-demo

test-setup: ## what the tests need besides: their packages, Chromium, a Chinese font
	@scripts/tools.sh
	@scripts/venv.sh requirements-dev.txt
	@scripts/pwa.sh
	@scripts/chromium.sh

test: test-setup lint types pwa-test pytest ## linters, types, the app's tests, then all Python tests with the browser's and the guards

lint: ## ruff and import-linter
	ruff check .
	lint-imports

types: ## mypy
	mypy

pwa-test: ## the app: linters, types, unit tests
	@scripts/pwa.sh test

pytest: ## unit and integration tests on both cores, then browser and guards (ARGS="-k name" for some)
	pytest -n 2 --dist loadgroup $(ARGS)

fuzz: ## schemathesis over the OpenAPI file, a minute each as nobody, resident, responder and administrator
	SHOUWANG_FUZZ_S=60 pytest tests/hostile/test_openapi.py -s $(ARGS)

bench: setup ## measure, and write docs/benchmarks.md
	@scripts/venv.sh requirements-dev.txt
	python -m tests.bench $(ARGS)

drill: ## the demo estate's transmitters send real frames: watch the app (needs a `make run` beside it)
	@python -m backend.demo drill $(ARGS)

screens: test-setup ## photograph every screen in five combinations, with axe on each
	python -m tests.screens $(ARGS)

openapi: ## write docs/openapi.json and the app's typed client from the routes
	python -m scripts.openapi
	@if [ -f pwa/package.json ] && [ -d pwa/node_modules ]; then cd pwa && npm run -s api; fi

format: ## lay out the Python files
	ruff check --fix-only --quiet . ; ruff format .

requirements: ## compile requirements*.txt from pyproject.toml's ranges
	pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links --no-header --output-file requirements.txt pyproject.toml
	pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links --no-header --extra dev --output-file requirements-dev.txt pyproject.toml
