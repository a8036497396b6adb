# Signalbox needs Python 3.11 or newer, make and git. Everything else is set up here, on first use and after a change.
#
#   make run            the laboratory, on http://127.0.0.1:8000      (HOST=, PORT=)
#   make test           everything that continuous integration runs
#   make lint           linters, formatters and types, changing nothing
#   make format         rewrite the code as the formatters want it
#   make unit           only the tests                                (TESTS="tests/signalbox -k name")
#   make test-versions  the tests and the map on a newer Python, with the newest Django  (NEWER=/path/to/python)
#   make maps           measure docs/maps/ anew: both versions, under each server; and what differs between them
#   make test-foreign   Django's and asgiref's own tests, bare and under the probe: no result may differ
#   make bench          what recording costs, and how soon a bar is on the canvas
#   make lock           pin what requirements/*.in ask for; `make upgrade` takes the newest of everything
#   make clean          remove what was set up, keep the database
#
# PYTHON=/path/to/python chooses the interpreter.

HOST ?= 127.0.0.1
# Some shells export a HOST that names the machine, and the laboratory belongs on loopback: from there only an address counts.
ifeq ($(origin HOST)$(shell printf '%s' '$(HOST)' | grep -Ex '[0-9.]+|[0-9a-f:]+|localhost'),environment)
HOST := 127.0.0.1
endif
PORT ?= 8000
TESTS ?=

# The interpreter chosen last time, else the first that is new enough; and its version.
FOUND := $(shell for python in $(or $(PYTHON),.venv/bin/python python3 python3.14 python3.13 python3.12 python3.11); do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11) or print(sys.argv[1], sys.version.split()[0]))' $$python \
	2>/dev/null && break; done)
BIN := .venv/bin

# A set-up is named after all that went into it, so that a change of any of it asks for a new one, and nothing else does.
stamp = .venv/$(1)-$(shell cat $(2) | cksum | tr ' ' '-')-python-$(lastword $(FOUND))
RUNTIME := $(call stamp,runtime,requirements/runtime.txt)
DEVELOPMENT := $(call stamp,development,requirements/runtime.txt requirements/dev.txt)
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps

# One step of a longer run: what it is, then the command's own words, then its time.
step = @echo "── $(1)"; began=$$(date +%s); $(2) && echo "   $$(($$(date +%s) - began)) s"

# Steps come one after the other, also under `make -j`: the first failure is the last thing said.
.NOTPARALLEL:
.PHONY: help run test lint format check unit chromium test-versions maps test-foreign bench lock upgrade clean

help:
	@sed -n '/^$$/q; s/^# \{0,1\}//p' Makefile

$(RUNTIME):
	@$(if $(FOUND),,echo 'No Python 3.11 or newer found: install one, or choose it with `make PYTHON=/path/to/python`.' >&2; exit 1)
	$(call step,setting up .venv with Python $(lastword $(FOUND)),$(firstword $(FOUND)) -m venv --clear .venv && $(INSTALL) -r requirements/runtime.txt)
	@touch $@

$(DEVELOPMENT): $(RUNTIME)
	$(call step,setting up the tools of development,$(INSTALL) -r requirements/dev.txt)
	@touch $@

# `exec`: Ctrl-C reaches the server itself.
run: $(RUNTIME)
	@$(BIN)/python scripts/port_is_free.py $(HOST) $(PORT)
	@$(BIN)/python manage.py migrate --verbosity 0
	@echo 'Signalbox: http://$(HOST):$(PORT)/ (Ctrl-C ends it)'
	@DJANGO_ALLOWED_HOSTS=$${DJANGO_ALLOWED_HOSTS:-127.0.0.1,localhost,[::1],$(HOST)} \
		exec $(BIN)/python manage.py runserver --noreload $(HOST):$(PORT)

test: lint check unit

lint: $(DEVELOPMENT)
	$(call step,ruff check,$(BIN)/ruff check)
	$(call step,ruff format,$(BIN)/ruff format --check)
	$(call step,mypy,$(BIN)/mypy)
	$(call step,djlint,$(BIN)/djlint --check --lint app/templates)
	$(call step,oxlint,$(BIN)/oxlint static)

format: $(DEVELOPMENT)
	$(BIN)/ruff check --quiet --fix --exit-zero
	$(BIN)/ruff format
	$(BIN)/djlint --quiet --reformat app/templates || true  # it reports what it changed as a failure

check: $(DEVELOPMENT)
	$(call step,manage.py check,$(BIN)/python manage.py check)
	$(call step,manage.py makemigrations --check,$(BIN)/python manage.py makemigrations --check --dry-run)
	$(call step,manage.py check --deploy,$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING)

# The settings of a real deployment, with a key of the length that Django asks for.
PRODUCTION = DJANGO_DEBUG=0 DJANGO_ALLOWED_HOSTS=signalbox.example \
	DJANGO_SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))')

# Last in `make test`, and without the time: pytest says both, and how many passed, in its own last line.
unit: $(DEVELOPMENT) chromium
	@echo '── pytest'
	@$(BIN)/python -m pytest --cov $(TESTS)

chromium: $(DEVELOPMENT)
	$(call step,Chromium,$(BIN)/python -m tests.parts.chromium)

# A second environment, with a newer Python, which gets the newest Django.
NEWEST := $(shell for python in $(or $(NEWER),python3.14 python3.13 $$(ls -d ~/.pyenv/versions/3.1[3-9].*/bin/python 2>/dev/null | sort -rV)); do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 13) or print(sys.argv[1], sys.version.split()[0]))' $$python \
	2>/dev/null && break; done)
VERSIONS := .venv-newest/development-$(shell cat requirements/runtime.txt requirements/dev.txt | cksum | tr ' ' '-')-python-$(lastword $(NEWEST))
$(VERSIONS): BIN := .venv-newest/bin

$(VERSIONS):
	@$(if $(NEWEST),,echo 'No Python 3.13 or newer found: `pyenv install 3.13` installs one, or choose it with `make test-versions NEWER=/path/to/python`.' >&2; exit 1)
	$(call step,setting up .venv-newest with Python $(lastword $(NEWEST)),$(firstword $(NEWEST)) -m venv --clear .venv-newest && $(INSTALL) -r requirements/runtime.txt && $(INSTALL) -r requirements/dev.txt)
	@touch $@

test-versions: $(VERSIONS) chromium
	@echo '── pytest, with Python $(lastword $(NEWEST))'
	@.venv-newest/bin/python -m pytest $(TESTS)
	@echo '── the map, with Python $(lastword $(NEWEST))'
	@directory=$$(mktemp -d) && SQLITE_PATH=$$directory/db.sqlite3 .venv-newest/bin/python manage.py map; result=$$?; rm -r $$directory; exit $$result

maps: $(DEVELOPMENT) $(VERSIONS)
	@$(BIN)/python -m scripts.maps $(BIN)/python .venv-newest/bin/python

# An environment of its own: what other projects' tests need is no part of this one's.
FOREIGN := $(patsubst .venv/%,.venv-foreign/%,$(call stamp,foreign,requirements/foreign.txt))
$(FOREIGN) test-foreign: BIN := .venv-foreign/bin

$(FOREIGN):
	$(call step,setting up .venv-foreign,$(firstword $(FOUND)) -m venv --clear .venv-foreign && $(INSTALL) -r requirements/foreign.txt)
	@touch $@

test-foreign: $(FOREIGN)
	@$(BIN)/python -m tests.foreign

# What recording costs, beside the tools that come nearest to it, which want an environment of their own; and how soon a bar
# is on the canvas, in the browser of the tests.
BENCH := $(patsubst .venv/%,.venv-bench/%,$(call stamp,bench,requirements/runtime.txt requirements/bench.txt))
$(BENCH): BIN := .venv-bench/bin

$(BENCH):
	$(call step,setting up .venv-bench,$(firstword $(FOUND)) -m venv --clear .venv-bench && $(INSTALL) -r requirements/runtime.txt && $(INSTALL) -r requirements/bench.txt)
	@touch $@

bench: $(BENCH) $(DEVELOPMENT) chromium
	@.venv-bench/bin/python -m benchmarks.overhead
	@.venv-bench/bin/python -m benchmarks.requests
	@$(BIN)/python -m benchmarks.latency
	@$(BIN)/python -m benchmarks.page

LOCK = $(BIN)/uv pip compile --quiet --universal --no-emit-index-url --generate-hashes --python-version 3.11 \
	--fork-strategy requires-python --custom-compile-command 'make lock'

# `requires-python`: Python 3.11 gets the last Django that supports it, a newer Python the newest Django.
lock: $(DEVELOPMENT)
	$(LOCK) --output-file requirements/runtime.txt requirements/runtime.in
	$(LOCK) --output-file requirements/dev.txt requirements/dev.in
	$(LOCK) --output-file requirements/foreign.txt requirements/foreign.in
	$(LOCK) --output-file requirements/bench.txt requirements/bench.in

upgrade: LOCK += --upgrade
upgrade: lock

clean:
	rm -rf .venv .venv-newest .venv-foreign .venv-bench .cache .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache staticfiles tests/browser/failures
