# Every command sets up what it needs, once: system packages, then an environment in .venv.
SHELL := /bin/bash
PYTHON ?=
export PYTHON

.PHONY: help demo test test-slow test-all lint build replay site wheel test-cuda bench mutants fuzz attacks clean
.DEFAULT_GOAL := help

help: ## List the commands.
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

# A stamp for each kind of set-up: the second time costs nothing.
.venv/.set-up: pyproject.toml constraints.txt tools/set_up.sh
	tools/set_up.sh
	@touch $@

.venv/.set-up-for-tests: .venv/.set-up
	tools/set_up.sh --browser
	@touch $@

.venv/.set-up-for-site .venv/.set-up-for-wheel: .venv/.set-up
	tools/set_up.sh --$(subst .venv/.set-up-for-,,$@)
	@touch $@

.venv/.set-up-for-slow-tests: .venv/.set-up-for-tests
	tools/set_up.sh --hub
	@touch $@

demo: .venv/.set-up ## Build the lab, grade the sample class, show what comes out.
	.venv/bin/autograder demo

test: .venv/.set-up-for-tests ## Lint, check types, and run the tests that a change has to pass (minutes).
	$(MAKE) --no-print-directory lint
	.venv/bin/python -m pytest -n auto --dist loadgroup -m "not slow"

test-slow: .venv/.set-up-for-slow-tests .venv/.set-up-for-site .venv/.set-up-for-wheel ## Run the other tests: kills, all attacks, browser, JupyterHub, PostgreSQL, Dask, the whole guides.
	.venv/bin/python -m pytest -n auto --dist loadgroup -m slow

test-all: ## Run both.
	$(MAKE) --no-print-directory test
	$(MAKE) --no-print-directory test-slow

lint: .venv/.set-up ## Check style and types.
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

build: .venv/.set-up ## Build every lab: source/, release/, solutions/.
	.venv/bin/autograder build

replay: .venv/.set-up-for-tests ## Replay the worked solutions alone.
	.venv/bin/python -m pytest -n auto tests/test_replay.py

site: .venv/.set-up-for-site ## Build the course's website: _site/index.html.
	.venv/bin/python -m website

wheel: .venv/.set-up-for-wheel ## Make the file that students install: dist/gradlab-….whl, without a lab or a solution; look at it as an index does.
	rm -f dist/gradlab-*.whl
	.venv/bin/python -m hatchling build -t wheel
	.venv/bin/python -m twine check --strict dist/gradlab-*.whl

test-cuda: ## Run the tests that need a CUDA device, with the python that is there (torch, NumPy, pytest, Matplotlib; nvidia-ml-py).
	$(or $(PYTHON),python) -m pytest -m cuda tests/gradlab/notebook/test_devices.py tests/gradlab/notebook/test_computation_errors.py tests/gradlab/basins \
		tests/gradlab/ladder tests/gradlab/check/lab_06_minimum/test_descend_all.py tests/course/test_devices.py \
		tests/autograder/gpu/test_on_cuda.py

bench: .venv/.set-up ## Measure grading beside nbgrader and otter-grader; write benchmarks/RESULTS.md and the picture (about 30 minutes).
	.venv/bin/python -m benchmarks.grading --write
	.venv/bin/python -m benchmarks.labs --write

mutants: .venv/.set-up ## Try all right and wrong answers to all exercises, in a notebook and through the grader.
	.venv/bin/python -m tests.course --wall

fuzz: .venv/.set-up ## Try 5,000 hostile inputs where grading takes something from strangers; grade 2,000 mutated notebooks.
	.venv/bin/python -m tests.fuzz --count 2000

attacks: .venv/.set-up ## Run all attacks through this grader, nbgrader and otter-grader (about half an hour on two idle cores, by estimate; a run that was ended goes on).
	.venv/bin/python -m benchmarks.attacks --write

clean: ## Remove the environment and all that was generated and is not committed.
	rm -rf .venv dist demo _site .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
