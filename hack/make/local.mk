##@ On a cluster

install-local: ## Bring up a cluster here with the operator installed (CLUSTER=node or kind)
	@hack/install-local.sh

demo: ## Run the samples on a real cluster and print how they ended (CLUSTER=node or kind)
	@hack/demo.sh

# FOCUS narrows the tests to specs whose names match, for example FOCUS='The walls'.
test-e2e: install-local ## Prove on a real kubelet what the kernel denies and the kubelet reports
	eval "$$(bin/localnode env)" && go test ./test/e2e -count=1 -timeout 40m -v -ginkgo.v $(if $(FOCUS),-ginkgo.focus '$(FOCUS)')

.PHONY: install-local demo test-e2e
