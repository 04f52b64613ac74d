# make run     a virtual environment, the pinned dependencies, and hlt-tui       (make run ARGS="two-layer/xor")
# make test    the same environment, and the whole test suite                    (make test ARGS="-k exact")
# make extras  installs every optional extra, and tests what needs them          (the browser's test needs a Chromium)
# make check   format, lint, types, import contracts
# make bench   speed and memory on this machine                                  (make bench ARGS=--quick)
# make clean   removes the environment and every cache
#
# PYTHON=python3.12 picks another Python; CPU=1 takes PyTorch's CPU build, for Linux machines without a GPU.

PYTHON ?= python3
ARGS ?=
CPU ?=

VENV := .venv
PIP := $(VENV)/bin/python -m pip install --disable-pip-version-check -qq -c constraints.txt \
       $(if $(CPU),--extra-index-url https://download.pytorch.org/whl/cpu)
SOURCES := pyproject.toml constraints.txt $(VENV)/.made

define CHECK_PYTHON
import sys
if sys.version_info < (3, 10):
    sys.exit("hlt-tui needs Python 3.10 or newer, and this is %d.%d: try make PYTHON=python3.12" % sys.version_info[:2])
try:
    import ensurepip, venv
except ImportError:
    sys.exit("This Python has no venv: install it (Debian and Ubuntu: apt install python3-venv) and try again.")
endef
export CHECK_PYTHON

.PHONY: run test extras check bench clean missing

run: $(VENV)/.run
	@$(VENV)/bin/hlt-tui $(ARGS)

test: $(VENV)/.test
	@$(VENV)/bin/python -m pytest $(ARGS)

extras: $(VENV)/.extras
	@$(VENV)/bin/python -m pytest tests/extras $(ARGS)

check: $(VENV)/.check
	@$(VENV)/bin/python -m ruff format --check .
	@$(VENV)/bin/python -m ruff check .
	@$(VENV)/bin/python -m mypy
	@$(VENV)/bin/lint-imports

bench: $(VENV)/.bench
	@$(VENV)/bin/python -m benchmarks $(ARGS)

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info
	find hltcore tui tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# The recipes below run once, and again when pyproject.toml or constraints.txt has changed.

$(VENV)/.made: $(shell test -x $(VENV)/bin/python || echo missing)
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON): install Python 3.10 or newer." >&2; exit 1; }
	@$(PYTHON) -c "$$CHECK_PYTHON"
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.run: $(SOURCES)
	@echo "Installing into $(VENV), once: PyTorch and the rest, about 200 MB (3 GB on Linux with CUDA, unless CPU=1) …"
	@$(PIP) -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run
	@echo "Installing what the tests need into $(VENV), once: about 50 MB …"
	@$(PIP) -e ".[test]"
	@touch $@

$(VENV)/.extras: $(VENV)/.test
	@echo "Installing the optional extras into $(VENV), once …"
	@$(PIP) -e ".[all,test]"
	@touch $@

$(VENV)/.bench: $(VENV)/.run
	@echo "Installing what the benchmarks need into $(VENV), once: about 1 MB …"
	@$(PIP) -e ".[bench]"
	@touch $@

$(VENV)/.check: $(VENV)/.run
	@echo "Installing what the checks need into $(VENV), once: about 30 MB …"
	@$(PIP) -e ".[check]"
	@touch $@
