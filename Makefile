# Everything runs in .venv, which is made when missing and remade when the locks change.
# `make` alone shows what there is.
PYTHON ?= python3
VENV := .venv
# Many tests wait for servers, a browser or a database: two workers per core.
TESTERS ?= $(shell expr 2 \* $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1))
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run ask test check lint types facts bench load attack questions train screenshots smoke lock clean

help: ## show what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-12s%s\n' "$$name" "$$text"; done

run: $(VENV)/run ## try the whole bot in a browser (ARGS=--watch while editing facts); five examples without a terminal
	@if [ -t 1 ]; then $(BIN)/unionstate playground $(ARGS); else $(BIN)/unionstate ask --examples; fi

ask: $(VENV)/run ## ask questions at a prompt; five examples without a terminal
	@if [ -t 0 ] && [ -t 1 ]; then $(BIN)/unionstate ask; else $(BIN)/unionstate ask --examples; fi

test: $(VENV)/dev ## run the tests
	$(BIN)/python -m pytest -n $(TESTERS)

check: lint types facts ## lint, types and facts (ARTICLES=DIR also compares the quotes)

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev
	$(BIN)/mypy

facts: $(VENV)/run
	$(BIN)/unionstate check $(if $(ARTICLES),--articles $(ARTICLES))
	$(BIN)/unionstate fmt --check

bench: $(VENV)/dev ## compare the speed of the search with other matchers
	$(BIN)/python -m benchmarks.search

attack: $(VENV)/dev ## attack a served bot on loopback and see what holds (two minutes)
	$(BIN)/python -m benchmarks.attack

load: $(VENV)/dev ## compare the bot under load with apps that look nothing up (some minutes)
	$(BIN)/python -m benchmarks.load

questions: $(VENV)/dev ## measure how well questions are answered
	$(BIN)/python -m tests.questions

train: $(VENV)/dev ## learn when the best fact is an answer (minutes); writes bot/core/search/weights.json
	$(BIN)/python -m benchmarks.train

screenshots: $(VENV)/dev ## draw the playground's pictures in docs/ (needs Chromium)
	$(BIN)/python -m tests.playground.screenshots docs

smoke: $(VENV)/dev ## build the wheel, install it in a clean environment and try it
	rm -rf dist build/smoke
	$(BIN)/python -m hatchling build -d dist
	$(PYTHON) -m venv build/smoke
	build/smoke/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	build/smoke/bin/python -m pip install -q --disable-pip-version-check --no-deps dist/*.whl
	cd build/smoke && bin/unionstate --version && bin/unionstate ask --json trade share | grep -q '"status": "answer"' \
		&& bin/unionstate check | tail -1 && bin/unionstate manifest --link >/dev/null && bin/unionstate site site

lock: $(VENV)/dev ## update the locked requirements (needs uv)
	uv pip compile pyproject.toml --extra mcp --universal --generate-hashes --no-header --no-annotate -q -o requirements.txt
	uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-header --no-annotate -q -o tests/requirements.txt
	printf 'editables\nhatchling\n' | uv pip compile - --universal --generate-hashes --no-header --no-annotate -q -o requirements-build.txt -c tests/requirements.txt

clean: ## remove .venv and caches
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A virtual environment with the run-time packages and this project, editable; hatchling builds it.
$(VENV)/run: requirements.txt requirements-build.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -m venv --help >/dev/null 2>&1 || { echo "Python's venv module is missing (Debian: apt install python3-venv)"; exit 2; }
	@echo "Setting up $(VENV), once. Packages:"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@{ $(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.txt; echo $$? > $(VENV)/status; } | sed -n 's/^Collecting \([^ =]*\).*/  \1/p'; exit $$(cat $(VENV)/status)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-build.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev: $(VENV)/run tests/requirements.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r tests/requirements.txt
	@touch $@
