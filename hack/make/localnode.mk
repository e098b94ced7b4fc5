# A real single-node Kubernetes on this machine (Debian, root, Go). See hack/localnode/README.md.
# Works by itself, too: make -f hack/make/localnode.mk node-up

##@ The local node

LOCALNODE := bin/localnode

.PHONY: $(LOCALNODE) node-packages node-build node-up node-down node-status node-drill

$(LOCALNODE):
	@go build -C hack/localnode -trimpath -o $(CURDIR)/$(LOCALNODE) .

node-packages: ## Install the Debian packages the local node needs
	@hack/debian-packages.sh

node-build: node-packages $(LOCALNODE) ## Build the local node's programs into the cache (once: some ten minutes)
	@$(LOCALNODE) build

node-up: node-packages $(LOCALNODE) ## Start the local node, or whatever of it does not run
	@$(LOCALNODE) up

node-down: $(LOCALNODE) ## End the local node and remove everything but the cache
	@$(LOCALNODE) down

node-status: $(LOCALNODE) ## Show the local node's components
	@$(LOCALNODE) status

node-drill: node-build ## Prove on a node of its own that the local node survives kills and leaves nothing behind
	@hack/node-drill
