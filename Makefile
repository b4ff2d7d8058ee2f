# make run    install what is needed into .venv and start the app on http://127.0.0.1:7860
# make test   install everything, run all tests, the linter and the type checker
# make check  the linter, the formatter and the type checker
# make test-fast  the tests that need no browser, no running app and no training run
# make test-webkit  a run through the page in WebKitGTK, whose engine is Safari's
# make stress try for a quarter of an hour to break decoder and app; CASES= and MINUTES= say how long
# make bench  time file to prediction and program starts, as ratios against baselines of the same run
PYTHON ?= python3
BIN := .venv/bin
PYTEST ?= -q
# Three workers, because tests that wait for a browser or a server leave a core idle; each file stays in one of them.
PARALLEL ?= --numprocesses=3 --dist=loadfile
CASES ?= 2000
MINUTES ?= 5

.PHONY: run test check test-fast test-webkit pytest bench bench-app stress screenshots examples format clean

run: .venv/run.stamp
	$(BIN)/python app.py

# Side by side, because the linter and the type checker leave a core idle for most of the time that the tests need two.
test: .venv/dev.stamp .venv/debian.stamp .venv/node.stamp
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=line pytest check

pytest: .venv/dev.stamp .venv/debian.stamp .venv/node.stamp
	$(BIN)/python -m pytest $(PARALLEL) $(PYTEST)

test-fast: .venv/dev.stamp
	$(BIN)/python -m pytest $(PARALLEL) -m "not slow" $(PYTEST)

test-webkit: .venv/dev.stamp .venv/webkit.stamp
	$(BIN)/python -m pytest -m webkit $(PYTEST)

check: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy

bench: .venv/dev.stamp
	$(BIN)/python -m bench

bench-app: .venv/dev.stamp .venv/debian.stamp
	$(BIN)/python -m bench.page

stress: .venv/dev.stamp
	$(BIN)/python -m stress.damage --cases $(CASES)
	$(BIN)/python -m stress.bombs
	$(BIN)/python -m stress.faults
	$(BIN)/python -m stress.load --minutes $(MINUTES)

screenshots: .venv/dev.stamp .venv/debian.stamp
	$(BIN)/python -m tools.screenshots screenshots

examples: .venv/dev.stamp .venv/debian.stamp
	$(BIN)/python -m examples.render

format: .venv/dev.stamp
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

clean:
	rm -rf .venv node_modules tests/node_modules

.venv/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "error: Python 3.11 to 3.13 is needed, this is %d.%d; call make with PYTHON=python3.12." % v)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip setuptools

.venv/run.stamp: requirements.txt .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Debian's Chromium and Firefox for the browser tests, FluidSynth and its sound font for the examples.
.venv/debian.stamp: .ci/debian-packages .venv/bin/python
	sh .ci/debian-packages
	@touch $@

# WebKitGTK with its driver, and a screen in memory to show it on.
.venv/webkit.stamp: .ci/debian-packages .venv/bin/python
	sh .ci/debian-packages webkit
	@touch $@

# Only the tests use npm: Gradio's JavaScript client, the accessibility scanner axe, and what drives Firefox.
.venv/node.stamp: tests/package.json tests/package-lock.json .venv/bin/python
	cd tests && npm ci --silent --no-audit --no-fund
	@touch $@
