# The Python part of the runner: tests, linters, generated lists. Each target makes what it needs on first use (root, Debian).

##@ Python

.PHONY: test-runner
test-runner: ## Run the runner's Python tests under the image's Python, numpy and pandas.
	hack/python/run sh -ec ' \
		python3 -m coverage run --rcfile=runner/pyproject.toml -m pytest -c runner/pyproject.toml runner/tests; \
		python3 -m coverage report --rcfile=runner/pyproject.toml'

.PHONY: lint-python
lint-python: ## Check the Python code with ruff and mypy.
	hack/python/ruff
	hack/python/run mypy --config-file runner/pyproject.toml --cache-dir=/tmp/mypy runner/stratbox_runner runner/tests hack/recompute-benchmark.py

.PHONY: format-python
format-python: ## Rewrite the format of the runner's Python code.
	hack/python/ruff --fix

.PHONY: generate-gate
generate-gate: ## Write the gate's lists anew from the pinned pandas and numpy, and docs/gate.md from them.
	hack/python/run python3 -m stratbox_runner.gate.generator
	hack/python/run python3 -m stratbox_runner.gate.generator.reference

.PHONY: bench-gate
bench-gate: ## Print what the gate costs for a typical and a large strategy.
	hack/python/run python3 runner/tests/gate/bench.py

bench: bench-gate
