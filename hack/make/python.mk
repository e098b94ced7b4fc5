# The Python part of the runner: tests, linters, generated lists. Each target makes what it needs on first use (root, Debian).

##@ Python

.PHONY: test-runner
test-runner: ## Run the runner's Python tests under the image's Python, numpy and pandas.
	hack/python/run sh -ec ' \
		python3 -m coverage run --rcfile=runner/pyproject.toml -m pytest -c runner/pyproject.toml runner/tests; \
		python3 -m coverage report --rcfile=runner/pyproject.toml'

.PHONY: lint-python
lint-python: ## Check the runner's Python code with ruff and mypy.
	hack/python/ruff
	hack/python/run mypy --config-file runner/pyproject.toml --cache-dir=/tmp/mypy runner/stratbox_runner runner/tests

.PHONY: format-python
format-python: ## Rewrite the format of the runner's Python code.
	hack/python/ruff --fix

.PHONY: generate-gate
generate-gate: ## Write the gate's lists anew from the pinned pandas and numpy.
	hack/python/run python3 -m stratbox_runner.gate.generator
