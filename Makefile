# For developers. What runs needs no make: `pip install .` and `minzheng serve`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python

.PHONY: setup demo test test-slow bench-policy bench-worklist bench-payments lint format lock

setup: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml requirements.lock
	$(PYTHON) scripts/make_venv.py $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

demo: setup
	$(BIN)/minzheng demo

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	touch $@

test: $(VENV)/.installed-dev
	sh scripts/need_chromium.sh
	$(RUN) -m pytest -q -m "not slow"

test-slow: $(VENV)/.installed-dev
	sh scripts/need_chromium.sh
	$(RUN) -m pytest -q

# Writes docs/benchmarks.md; needs 3 GB of disk. ONLY=sides,scale for parts of it, see benchmarks/policy.py.
ONLY ?= sides,scale,missing,postgres,engines
bench-policy: $(VENV)/.installed-dev
	$(RUN) -m benchmarks.policy --only $(ONLY)

# Writes its part of docs/benchmarks.md; about three minutes.
bench-worklist: $(VENV)/.installed-dev
	$(RUN) -m benchmarks.worklist --report docs/benchmarks.md

# Writes its part of docs/benchmarks.md; see benchmarks/payments.py for its options.
bench-payments: $(VENV)/.installed-dev
	$(RUN) -m benchmarks.payments $(BENCH)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/minzheng policy check --rates minzheng/demo/rates.yaml

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Locks carry hashes, not addresses.
lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header -q pyproject.toml --extra build -o requirements.lock
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header -q pyproject.toml --extra build --extra spark --extra bench --extra dev -c requirements.lock -o requirements-dev.lock
