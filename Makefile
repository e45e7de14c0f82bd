# What a newcomer needs: `make run` opens the shop, `make test` passes the tests. Only Python 3.11 and make are required.
PYTHON ?= python3.11
BIN := .venv/bin
export DEMO ?= 1

.PHONY: install run test check bench promises lock pictures clean

.venv/installed: requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

.venv/installed-dev: requirements-dev.lock .venv/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

install: .venv/installed  ## the environment, the database and the demo
	$(BIN)/python manage.py migrate --verbosity 0
	$(BIN)/python manage.py load_demo

run: install  ## the shop at http://localhost:8000, its background jobs and the payment sandbox
	$(BIN)/python manage.py up

test: .venv/installed-dev  ## every test that needs no service
	$(BIN)/python -m pytest $(ARGS)

check: .venv/installed-dev  ## every gate
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run

bench: .venv/installed-dev  ## measures speed as ratios against a bare Django view
	$(BIN)/python -m tests.bench $(ARGS)

promises: .venv/installed-dev  ## every promise of the policies with the tests that show it kept
	$(BIN)/python -m tests.promises

lock:  ## after changing pyproject.toml; needs uv
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --group dev pyproject.toml -o requirements-dev.lock

pictures: .venv/installed-dev  ## draws the demo's pictures again
	$(BIN)/python manage.py draw_demo

clean:
	rm -rf .venv var
