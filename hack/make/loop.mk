##@ An evolution loop

# LOOP holds arguments of the example, for example LOOP='-iterations 5 -parallelism 5 -mode ASTOnly'.
loop: install-local ## Run examples/loop on the local cluster: a loop that no strategy can stop
	@if [ "$${CLUSTER:-node}" = node ]; then eval "$$(bin/localnode env)"; fi && go run ./examples/loop $(LOOP)

.PHONY: loop
