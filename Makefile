# Everything a person does with Stratbox. `make` alone lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
# Every Go module of this repository, the root first. The modules that only pin programs of the local node have no code to lint or test.
MODULES := $(patsubst ./%,%,$(patsubst %/go.mod,%,$(sort $(shell find . -name go.mod -not -path '*/.*/*'))))
CODE_MODULES := $(filter-out hack/tools/lint hack/localnode/binaries/%,$(MODULES))
TOOL := go tool -modfile=hack/tools/go.mod
ARTIFACTS := .artifacts
# The version is set by VERSION, and a checkout that belongs to another user can be built too.
export GOFLAGS ?= -buildvcs=false

include $(sort $(wildcard hack/make/*.mk))

##@ Everyday

.PHONY: help
help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z][a-z0-9-]*:.*## / { printf "  %-18s %s\n", $$1, $$2 }' Makefile $(sort $(wildcard hack/make/*.mk))

.PHONY: build
build: ## Build every program below cmd/ into bin/, static and reproducible
	@mkdir -p bin
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w -X main.version=$(VERSION)' -o bin/ ./cmd/...

.PHONY: images
images: build ## Build the images and load them into the local node
	hack/images/build.sh

.PHONY: generate
generate: ## Write deep copies, CRDs, roles and everything else that is generated
	$(TOOL) controller-gen object paths=./api/...
	$(TOOL) controller-gen crd paths=./api/... output:crd:dir=config/crd
	$(MAKE) generate-client
	go generate ./...

.PHONY: fmt
fmt: ## Format the Go code
	hack/tools/golangci-lint fmt ./...
	@for module in $(filter-out .,$(CODE_MODULES)); do (cd $$module && $(CURDIR)/hack/tools/golangci-lint fmt ./...); done

.PHONY: lint
lint: lint-go lint-python lint-shell lint-docs ## Check all code, the API's conventions, scripts and links

.PHONY: lint-go
lint-go: ## Check the Go code of every module: layers, errors, style, API conventions
	@for module in $(CODE_MODULES); do \
		echo "golangci-lint in $$module"; \
		(cd $$module && $(CURDIR)/hack/tools/golangci-lint run --config $(CURDIR)/.golangci.yml ./...); \
	done

.PHONY: lint-shell
lint-shell: ## Check the shell scripts
	hack/lint-shell

.PHONY: lint-docs
lint-docs: ## Check that no link in a document leads nowhere
	hack/check-links

.PHONY: vulnerabilities
vulnerabilities: ## Look up known vulnerabilities in what the programs call
	hack/vulnerabilities $(CODE_MODULES)

.PHONY: tidy
tidy: ## Tidy the go.mod of every module
	@for module in $(MODULES); do (echo "go mod tidy in $$module"; cd $$module && go mod tidy); done

.PHONY: verify
verify: ## Check that everything generated is fresh, every go.mod tidy, all code clean
	hack/verify-unchanged $(MAKE) generate generate-gate
	@for module in $(MODULES); do echo "go mod tidy -diff in $$module"; (cd $$module && go mod tidy -diff); done
	$(MAKE) lint
	$(MAKE) vulnerabilities

##@ Tests

.PHONY: test
test: ## Everything: verify, unit, Python, reports, integration, and the tests on a real node
	hack/debian-packages.sh
	$(MAKE) verify
	$(MAKE) test-unit
	$(MAKE) test-runner
	$(MAKE) test-report
	$(MAKE) test-integration
	$(MAKE) test-e2e

.PHONY: test-unit
test-unit: ## Unit tests with the race detector, and the coverage gate (hack/tools/coverage/gate.txt)
	@mkdir -p $(ARTIFACTS)
	go test -race -shuffle=on -covermode=atomic -coverprofile=$(ARTIFACTS)/unit.out \
		$$(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./... | grep -v '/test/')
	go -C hack/tools run ./coverage -profile $(CURDIR)/$(ARTIFACTS)/unit.out -gate $(CURDIR)/hack/tools/coverage/gate.txt
	@for module in $(filter-out .,$(CODE_MODULES)); do (set -x; go -C $$module test -race -shuffle=on ./...); done

.PHONY: test-integration
test-integration: node-build ## The controllers against a real API server and etcd, single-stepped
	eval "$$($(LOCALNODE) env)" && go test -race -count=1 -timeout 20m -v ./test/integration/...

FUZZTIME ?= 30s
.PHONY: fuzz
fuzz: ## Fuzz every parser of untrusted bytes, FUZZTIME each
	hack/fuzz $(FUZZTIME)

.PHONY: bench
bench: install-local ## Print what a denied call, the seal, scoring and the phases of real runs cost
	go test -run '^$$' -bench . -benchmem $$(git grep -l '^func Benchmark' -- 'internal/*_test.go' | xargs -n1 dirname | sort -u | sed 's|^|./|')
	eval "$$($(LOCALNODE) env)" && hack/alone go run ./hack/bench

##@ Tidying up

.PHONY: uninstall
uninstall: ## Remove the operator, its kinds and all runs from the cluster of KUBECONFIG
	kubectl delete --ignore-not-found -k config/default

.PHONY: clean
clean: ## Remove what was built in this folder (the cache of tools and node stays)
	rm -rf bin dist $(ARTIFACTS)
