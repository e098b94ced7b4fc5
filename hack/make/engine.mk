# The real runner with the real Python: `make test-runner` runs it over honest and hostile strategies.

.PHONY: engine-programs
engine-programs: # the runner and a small dataset for runner/tests/engine
	@mkdir -p bin
	CGO_ENABLED=0 go build -o bin/ ./cmd/runner ./cmd/kubectl-stratbox
	@test -f $(ARTIFACTS)/datasets/engine/manifest.json || \
		{ mkdir -p $(ARTIFACTS)/datasets && bin/kubectl-stratbox dataset generate $(ARTIFACTS)/datasets/engine --days 750 --stocks 60 --seed 1; }

test-runner: engine-programs

.PHONY: test-engine
test-engine: engine-programs ## The runner's engine alone: honest and hostile strategies through both walls
	hack/python/run python3 -m pytest -c runner/pyproject.toml runner/tests/engine
