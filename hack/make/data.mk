# Datasets and scoring: what is generated and committed.

##@ Data and scoring

.PHONY: generate-scores
generate-scores: ## Write the golden cases of internal/backtest anew from the pandas reference.
	hack/python/run python3 -m tests.backtest.cases internal/backtest/testdata/golden.json
