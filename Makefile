# Assent: `make run` tries it, `make test` proves it, `make help` lists the rest.
VENV ?= .venv
BIN := $(VENV)/bin
PY ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do command -v $$p >/dev/null 2>&1 && \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PORT ?= 8000
COVERAGE ?= 90
ENGINE ?= docker
SECONDS ?= 60
JOBS ?= 2

.PHONY: help run test test-long leaks check lint format bench bench-first-view bench-gateway bench-ledger conformance fuzz image lock
help: ## list these verbs
	@sed -n 's/^\([a-z-]*\):.*## /make \1|/p' Makefile | column -t -s '|'
run: $(VENV)/.run ## the demo shop behind Assent on port 8000; UPSTREAM=http://host:port takes your site, PORT another port
	@$(BIN)/assent $(if $(UPSTREAM),serve --upstream "$(UPSTREAM)",demo) --port $(PORT)
# Pictures of banner and dialog, to be looked at.
test test-long: export ASSENT_SCREENSHOTS ?= build/screenshots
test: $(VENV)/.dev ## the whole suite, with browser and PostgreSQL, in JOBS=2 processes; T=tests/core runs a part
	@scripts/test-tools
	$(BIN)/python -m pytest -m "not long" $(if $(T),$(T),-n $(JOBS) --dist loadfile)
test-long: $(VENV)/.sites ## the tests that take minutes
	@scripts/test-tools long
	$(BIN)/python -m pytest -m long $(T)
leaks: $(VENV)/.dev ## every way that we know to set, store or reach, in Chromium; T=js. a part, BASE=1 without Assent
	@scripts/test-tools
	$(BIN)/python -m tests.leaks $(T) $(if $(BASE),--base)
check: lint ## lint, then the suite with coverage
	@scripts/test-tools
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -m "not long"
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --fail-under=$(COVERAGE)
lint: $(VENV)/.dev ## format, lint, types and the layers of imports; changes nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
format: $(VENV)/.dev ## format, and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
bench: $(VENV)/.dev ## measure; figures in docs/measurements.md
	$(BIN)/python -m bench.run
bench-first-view: $(VENV)/.dev ## Assent beside other consent tools, in Chromium: bytes, main thread, banner, Accept; A="--rounds 2" is quicker
	@scripts/bench-tools first-view
	$(BIN)/python -m bench.first_view $(A)
bench-gateway: $(VENV)/.dev ## Assent beside nginx, HAProxy, Caddy, mitmproxy and gateways in Python, on one core; A="--rounds 1" is quicker
	@scripts/bench-tools
	$(BIN)/python -m bench.gateway $(A)
bench-ledger: $(VENV)/.dev ## measure the ledger; ROWS=10000000 grows it further
	$(BIN)/python -m bench.ledger $(if $(ROWS),--rows $(ROWS))
conformance: $(VENV)/.dev ## other projects' test data, whole: DATA=folder with http-state/ and html5lib-tokenizer/
	@test -n "$(DATA)" || { echo "Say where the data is: make conformance DATA=folder"; exit 2; }
	$(BIN)/python -m tests.conformance.cookies "$(DATA)"
	$(BIN)/python -m tests.conformance.html "$(DATA)"
fuzz: $(VENV)/.dev ## the byte parsers under atheris, SECONDS=60 each
	@$(PIP) install atheris || { echo "atheris has no wheel for this Python and platform"; exit 1; }
	set -e; for target in cookies fields markup; do \
	  $(BIN)/python -m tests.fuzz $$target -max_total_time=$(SECONDS) -print_final_stats=1; done
image: ## build the container image "assent"; ENGINE=podman works too
	$(ENGINE) build -t assent .
lock: $(VENV)/.made ## write constraints.txt from the newest releases that fit
	scripts/lock $(BIN)/python

# Python may come without ensurepip (Debian without python3-venv); its own pip then fills the new environment.
$(VENV)/.made:
	@test -n "$(PY)" || { echo "Assent needs Python 3.11 or newer on PATH, or: make PY=/path/to/python ..."; exit 1; }
	@$(PIP) --version >/dev/null 2>&1 || { rm -rf $(VENV); $(PY) -m venv $(VENV) >/dev/null 2>&1; } || \
	  { rm -rf $(VENV); $(PY) -m venv --without-pip $(VENV) && $(PY) -m pip --python $(BIN)/python install -q pip; }
	@touch $@
$(VENV)/.run: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Installing Assent into $(VENV) ..."
	@$(PIP) install -c constraints.txt -e ".[fast,ws]"
	@touch $@
# --group needs pip 25.1.
$(VENV)/.dev: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Installing Assent and its tools into $(VENV) ..."
	@$(PIP) install --upgrade "pip>=25.1"
	@$(PIP) install -c constraints.txt -e ".[compress,fast,postgres,ws]" --group dev
	@touch $@ $(VENV)/.run
$(VENV)/.sites: $(VENV)/.dev
	@echo "Installing what the pages and shops are made of that the long tests visit ..."
	@$(PIP) install -c constraints.txt --group pages --group shops
	@touch $@
