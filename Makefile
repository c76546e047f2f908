# The commands one needs. Each uses the Python that is active: make a virtual environment first.
.PHONY: install run test-quick test lint docs test-lowest lock

install:  # the app, its tests and the checks
	python -m pip install -r requirements-dev.txt

run:  # the app, at http://localhost:8501
	streamlit run streamlit_app.py

test-quick:  # at each change
	pytest -m "not slow"

test:
	pytest

lint:  # style, import rules, types
	ruff check .
	ruff format --check .
	lint-imports --no-cache
	pyrefly check --min-severity error

# In an environment of its own, as mkdocs reads the package without importing it.
docs: .docs
	NO_MKDOCS_2_WARNING=1 .docs/bin/mkdocs build --strict

.docs: requirements-docs.txt
	python -m venv .docs
	.docs/bin/pip install -q -r requirements-docs.txt
	touch .docs

# The quick tests on the lowest version that pyproject.toml allows of each package.
test-lowest:
	python -m pip install -q "uv>=0.9,<1"
	uv venv -q --clear --python 3.11 .lowest
	uv pip install -q --python .lowest --resolution lowest-direct -r pyproject.toml --all-extras
	.lowest/bin/python -m pytest -m "not slow"

# requirements.lock from the versions that are installed, which the tests have just passed with.
lock:
	python -m pip install -q "uv>=0.9,<1"
	python -m pip freeze --exclude-editable > tested.txt
	{ echo "# What was tested last, for every system; make lock writes it."; \
		uv pip compile -q --universal --python-version 3.11 --constraint tested.txt --no-header \
		--no-annotate --no-emit-index-url --all-extras pyproject.toml; } > requirements.lock
	rm tested.txt
