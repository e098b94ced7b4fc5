# The Go client: what is generated from the API's types for users of client-go. The rest of client/ is written by hand.

MODULE := github.com/stratbox/stratbox
CLIENT := $(MODULE)/client
API_PACKAGE := $(MODULE)/api/v1alpha1
# The generators ask for a file of licence headers; this project's sources have none.
NO_HEADER := --go-header-file /dev/null

##@ Client

# Removed first, so that nothing stays of a kind that is gone.
.PHONY: generate-client
generate-client: ## Write the clientset, listers, informers and apply configurations anew
	rm -rf client/applyconfiguration client/clientset client/listers client/informers
	$(TOOL) applyconfiguration-gen $(NO_HEADER) --output-dir client/applyconfiguration --output-pkg $(CLIENT)/applyconfiguration $(API_PACKAGE)
	$(TOOL) client-gen $(NO_HEADER) --output-dir client --output-pkg $(CLIENT) --clientset-name clientset \
		--apply-configuration-package $(CLIENT)/applyconfiguration --input-base $(MODULE) --input api/v1alpha1
	$(TOOL) lister-gen $(NO_HEADER) --output-dir client/listers --output-pkg $(CLIENT)/listers $(API_PACKAGE)
	$(TOOL) informer-gen $(NO_HEADER) --output-dir client/informers --output-pkg $(CLIENT)/informers \
		--versioned-clientset-package $(CLIENT)/clientset --listers-package $(CLIENT)/listers $(API_PACKAGE)
