# Two commands: `make demo` to try COMPASS, `make test` to check it. Both need only Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO ?=

.PHONY: demo test proof bench lock clean

$(VENV)/.run: requirements.txt tools/command.sh
	@tools/venv.sh $(PYTHON) $(VENV) requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@tools/venv.sh $(PYTHON) $(VENV) requirements-dev.txt
	@touch $@

demo: $(VENV)/.run
	@exec $(BIN)/python -m compass.config.cli demo $(DEMO)

test: $(VENV)/.dev
	@tools/machine.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy compass
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not proof"

proof: $(VENV)/.dev
	@tools/machine.sh
	$(BIN)/python -m pytest -m proof

bench: $(VENV)/.dev
	$(BIN)/python -m compass.config.cli bench all

lock:
	$(BIN)/pip-compile -q --generate-hashes --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links -o requirements.txt pyproject.toml
	$(BIN)/pip-compile -q --generate-hashes --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --allow-unsafe --extra dev -o requirements-dev.txt pyproject.toml

clean:
	rm -rf $(VENV) data build .mypy_cache .ruff_cache
