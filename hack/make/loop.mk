##@ An evolution loop

# The journal, one JSON line for each iteration, is .artifacts/loop.jsonl.
# LOOP holds arguments of the example, for example LOOP='-iterations 5 -parallelism 5 -mode ASTOnly'.
loop: install-local ## Run examples/loop on the local cluster: a loop that no strategy can stop
	@mkdir -p $(ARTIFACTS)
	@if [ "$${CLUSTER:-node}" = node ]; then eval "$$(bin/localnode env)"; fi && hack/alone go run ./examples/loop -journal $(ARTIFACTS)/loop.jsonl $(LOOP)

.PHONY: loop
