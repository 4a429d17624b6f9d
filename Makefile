# `make demo` and `make test` each do all of their own set-up; they need Python >= 3.11 with venv and pip.
PYTHON ?= python3
POST ?=
VENV := .venv
TEST_VENV := .venv-test
PIP = $(PYTHON) -m pip --disable-pip-version-check --quiet --no-input
BIN = $(CURDIR)/$(TEST_VENV)/bin
PYTEST_ARGS ?=

.PHONY: demo install test check types lint unit real-servers wheel torture soak matrix fidelity fuzz model bench bench-ledger golden clean

demo: install  ## Publish a post to stand-ins of all platforms on this machine, twice
	@$(VENV)/bin/syndicate demo $(POST)

install: $(VENV)/.installed  ## Install the tool into .venv

$(VENV)/.installed: pyproject.toml constraints.txt $(wildcard syndicate/*.py syndicate/*/* adapters/*.py)
	@echo "Installing into $(VENV) …"
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv --without-pip $(VENV)
	@rm -rf build/lib build/bdist.*
	@$(PIP) --python $(VENV) install --no-compile --constraint constraints.txt .
	@rm -rf build/lib build/bdist.*
	@touch $@

test: $(TEST_VENV)/.installed  ## Everything that CI runs
	@tests/system.sh
	@# The real servers' installation waits for the network; meanwhile the linters work.
	@tests/real/install.sh & servers=$$!; \
	    $(MAKE) --no-print-directory check || { kill $$servers; exit 1; }; wait $$servers
	@$(MAKE) --no-print-directory unit wheel

$(TEST_VENV)/.installed: pyproject.toml constraints.txt
	@echo "Installing the test tools into $(TEST_VENV) …"
	@test -x $(TEST_VENV)/bin/python || $(PYTHON) -m venv --without-pip $(TEST_VENV)
	@$(PIP) --python $(TEST_VENV) install --constraint constraints.txt --editable '.[test]'
	@touch $@

check: lint types  ## Linters and types

lint: $(TEST_VENV)/.installed
	$(TEST_VENV)/bin/ruff check .
	$(TEST_VENV)/bin/ruff format --check .

# mypy and import-linter know nothing of `package-dir`: they read a copy in which adapters/ stands in its place.
types: $(TEST_VENV)/.installed
	@rm -rf build/house && mkdir -p build/house && cp -R syndicate build/house && cp -R adapters build/house/syndicate
	cd build/house && $(BIN)/mypy --cache-dir $(CURDIR)/.mypy_cache --config-file $(CURDIR)/pyproject.toml -p syndicate
	cd build/house && $(BIN)/lint-imports --cache-dir $(CURDIR)/.import_linter_cache --config $(CURDIR)/pyproject.toml

unit: $(TEST_VENV)/.installed
	@tests/system.sh
	$(TEST_VENV)/bin/pytest -n auto --dist worksteal $(PYTEST_ARGS)

real-servers: $(TEST_VENV)/.installed  ## Install WordPress, Ghost, a PDS and a Mastodon mock below build/servers, and publish to them
	@tests/real/install.sh
	$(TEST_VENV)/bin/pytest -n auto $(PYTEST_ARGS) tests/test_real_ghost.py tests/test_real_mastodon.py \
	    tests/test_real_pds.py tests/test_real_wordpress.py

wheel: $(TEST_VENV)/.installed  ## Build the wheel and run the core of the suite against it, away from the source
	@PYTHON=$(TEST_VENV)/bin/python tests/wheel.sh

torture: $(TEST_VENV)/.installed  ## 10,000 deliveries under kill -9, lost answers and worse; TORTURE="--ledger postgresql://…"
	$(TEST_VENV)/bin/python -m tests.torture $(TORTURE)

soak: $(TEST_VENV)/.installed  ## 50 feeds, 200 passes of the watch, kill -9 and failing servers; SOAK="--report docs/soak.md"
	$(TEST_VENV)/bin/python -m tests.soak $(SOAK)

matrix: $(TEST_VENV)/.installed  ## Every adapter, every fault, on both kinds of ledger: writes docs/faults.md
	$(TEST_VENV)/bin/python -m tests.matrix

fidelity: $(TEST_VENV)/.installed  ## Every real post on every platform, word by word; FIDELITY="--report docs/fidelity.md"
	$(TEST_VENV)/bin/python -m tests.fidelity $(FIDELITY)

fuzz: $(TEST_VENV)/.installed  ## Texts that nobody would write, a minute for each kind; FUZZ="--seconds 600 --only pipeline"
	$(TEST_VENV)/bin/python -m tests.fuzz $(FUZZ)

model: $(TEST_VENV)/.installed  ## Explore the model of the protocol and print what it found
	$(TEST_VENV)/bin/python -m tests.model

bench: install  ## Start-up, rendering and publishing times as ratios
	$(VENV)/bin/python benchmarks/startup.py
	$(VENV)/bin/python benchmarks/markdown.py
	$(VENV)/bin/python benchmarks/corpus.py
	$(VENV)/bin/python benchmarks/publish.py
	$(VENV)/bin/python benchmarks/watch.py

bench-ledger: $(TEST_VENV)/.installed  ## The ledger under load, and with a million deliveries; LEDGER=postgresql://… for that too
	$(TEST_VENV)/bin/python benchmarks/ledger.py $(LEDGER)
	$(TEST_VENV)/bin/python benchmarks/scale.py

golden: $(TEST_VENV)/.installed  ## Write the golden files anew; read the difference before you commit it
	SYNDICATE_UPDATE_GOLDEN=1 $(TEST_VENV)/bin/pytest -q tests -k golden

clean:
	rm -rf build dist $(VENV) $(TEST_VENV) *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
