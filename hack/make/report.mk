# Reports of benchmarks. Their formats are tested with the unit tests, the page in a browser here.

##@ Reports

# chromium alone brings no font.
.PHONY: test-report
test-report: ## Open reports in a real browser, narrow and wide, light and dark; pictures in .artifacts/report
	hack/debian-packages.sh chromium fonts-dejavu-core
	go test -count=1 ./test/report

.PHONY: generate-reports
generate-reports: ## Write the golden reports of internal/report anew
	go test ./internal/report -update
