##@ On a cluster

install-local: ## Bring up a cluster here with the operator installed (CLUSTER=node or kind)
	@hack/install-local.sh

demo: ## Run the samples on a real cluster and print how they ended (CLUSTER=node or kind)
	@hack/demo.sh

# FOCUS narrows the tests to specs whose names match, for example FOCUS='The walls'.
test-e2e: install-local ## Prove on a real kubelet what the kernel denies and the kubelet reports
	eval "$$(bin/localnode env)" && go test ./test/e2e -count=1 -timeout 40m -v -ginkgo.v $(if $(FOCUS),-ginkgo.focus '$(FOCUS)')

# Several hundred runs take some ten minutes; test-e2e has a few dozen of them.
LOAD_RUNS ?= 500
load: install-local ## Execute LOAD_RUNS runs, hostile and honest mixed, and prove that nothing of them stays
	eval "$$(bin/localnode env)" && LOAD_RUNS=$(LOAD_RUNS) go test ./test/e2e -count=1 -timeout 120m -v -ginkgo.v -ginkgo.label-filter load

confusion-matrix: ## Write docs/confusion-matrix.md and the recorded Pods of the unit tests from what test-e2e left
	go run ./hack/confusionmatrix .artifacts/verdicts.tsv docs/confusion-matrix.md
	cp .artifacts/pods/*.yaml internal/outcome/testdata/

.PHONY: install-local demo test-e2e load confusion-matrix
