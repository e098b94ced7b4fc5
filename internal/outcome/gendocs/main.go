// Command gendocs writes docs/outcomes.md from the table of outcomes, and the tables of docs/troubleshooting.md that are
// about verdicts from the help on them.
//
// usage: go run ./internal/outcome/gendocs docs/outcomes.md docs/troubleshooting.md
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/config"
	"github.com/stratbox/stratbox/internal/fallback"
	"github.com/stratbox/stratbox/internal/outcome"
)

const head = `<!-- Generated from internal/outcome by "go generate ./internal/outcome". Change the rules, not this file. -->

# Why a run ended

The reason of the conditions ` + "`Finished`" + ` and ` + "`Succeeded`" + ` is the verdict. The manager reads the run's Pod and the record that its runner
left, and takes the first row of this table that holds. So where two things happened, the upper one is the verdict.

The kernel's and the kubelet's word outranks the runner's, and the runner's record is checked field by field before it counts for
anything. A denied system call outranks everything: code that attacked the sandbox must not reach weaker isolation because
its node failed as well or because it exceeded a limit on purpose.

"Then" is what the fallback policy ` + "`SandboxFailure`" + `, the default, makes of it. *AST-only*: the strategy is executed again behind the
gate alone. *Pod, AST-only*: five seconds later in another Pod first, and AST-only if that meets with the infrastructure's failure again.
` + "`InfrastructureFailure`" + ` does so only for rows that blame the infrastructure. With ` + "`Never`" + ` the first attempt's verdict is the run's.
An installation without the AST-only executor tries another Pod and does not fall back.

An AST-only attempt has no Pod: its verdict is the executor's own record, read by the same table. One that the executor lost or did not
answer for is ` + "`RunnerFailed`" + ` and is repeated once; then the run ends with that verdict, and its message tells of every attempt.

| | verdict | evidence | blame | then | what to do |
| --- | --- | --- | --- | --- | --- |
`

const tail = `
Exit code 137 alone proves nothing: running out of memory, a deadline and an eviction all end so. When a runner gave no verdict
the manager waits up to ten seconds for the Pod's phase, in which the kubelet names an eviction or its own deadline.

## Ends that no Pod decides

| verdict | when | what to do |
| --- | --- | --- |
| ` + "`NotAccepted`" + ` | the run refers to something that does not exist; the reason of the condition ` + "`Accepted`" + ` says to what | create what is missing, then the run again |
| ` + "`Cancelled`" + ` | ` + "`spec.cancel`" + ` was set before the run had ended | |
| ` + "`Suspended`" + ` | ends an attempt, never a run: ` + "`spec.suspend`" + ` stopped it | set ` + "`spec.suspend`" + ` to false; the run starts afresh |
`

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: gendocs OUTCOMES TROUBLESHOOTING")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(outcomes, troubleshooting string) error {
	if err := os.WriteFile(outcomes, []byte(document(outcome.Rules())), 0o644); err != nil {
		return err
	}
	page, err := os.ReadFile(troubleshooting)
	if err != nil {
		return err
	}
	text := string(page)
	for _, stage := range []outcome.Stage{outcome.StageStart, outcome.StageSandbox, outcome.StageStrategy} {
		if text, err = replaceTable(text, stage); err != nil {
			return fmt.Errorf("%s: %w", troubleshooting, err)
		}
	}
	return os.WriteFile(troubleshooting, []byte(text), 0o644)
}

const generated = "<!-- Generated from internal/outcome/help.go by \"go generate ./internal/outcome\". -->\n"

// replaceTable writes the table below a stage's mark anew; it ends with the first empty line.
func replaceTable(page string, stage outcome.Stage) (string, error) {
	_, section, found := strings.Cut(page, "\n## "+string(stage)+"\n")
	before, table, marked := strings.Cut(section, generated)
	if !found || !marked || strings.Contains(before, "\n## ") {
		return "", fmt.Errorf("no %q below %q", strings.TrimSpace(generated), stage)
	}
	_, after, _ := strings.Cut(table, "\n\n")
	return strings.TrimSuffix(page, section) + before + generated + helpTable(stage) + "\n" + after, nil
}

func helpTable(stage outcome.Stage) string {
	var table strings.Builder
	table.WriteString("| verdict | why, or where to see why | what to do |\n| --- | --- | --- |\n")
	for _, help := range outcome.Helps() {
		if help.Stage == stage {
			fmt.Fprintf(&table, "| `%s` | %s | %s |\n", help.Verdict, help.Look, strings.Join(help.Do, "; "))
		}
	}
	return table.String()
}

// then says what follows a first attempt in the sandbox under the default policy.
func then(verdict v1alpha1.Verdict) string {
	step, _ := fallback.Decide(fallback.Situation{
		Mode: v1alpha1.ModeSandbox, Policy: config.Default().Sandbox.Fallback.Policy, Executor: true,
		Attempts: []fallback.Attempt{{Mode: v1alpha1.ModeSandbox, Verdict: verdict}},
	})
	switch step {
	case fallback.Sandbox:
		return "Pod, AST-only"
	case fallback.ASTOnly:
		return "AST-only"
	default:
		return ""
	}
}

// document returns the page for a table of outcomes.
func document(rules []outcome.Rule) string {
	var page strings.Builder
	page.WriteString(head)
	for i, rule := range rules {
		fmt.Fprintf(&page, "| %d | `%s` | %s | %s | %s | %s |\n", i+1, rule.Verdict, rule.Evidence, rule.Blame, then(rule.Verdict), rule.Advice)
	}
	page.WriteString(tail)
	return page.String()
}
