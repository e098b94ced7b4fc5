// Package explain answers what became of a run or a benchmark, why, and what a person does next. It is pure: from the
// object as the API server has it come an explanation, for programs, and its text, for people.
package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// Exit codes of the plugin.
const (
	ExitScored         = 0
	ExitError          = 1
	ExitStrategy       = 2
	ExitViolation      = 3
	ExitLimit          = 4
	ExitInfrastructure = 5
	ExitCancelled      = 6
	ExitNoVerdict      = 7
)

// Exit is a row of the table of exit codes.
type Exit struct {
	Code    int
	Meaning string
	// Verdicts that a waiting submission ends with this code for.
	Verdicts []v1alpha1.Verdict
}

// Exits is the table of exit codes: the help text and the documentation are made from it.
var Exits = []Exit{
	{ExitScored, "scored, or the command did what it was asked", []v1alpha1.Verdict{v1alpha1.VerdictCompleted}},
	{ExitError, "the command line is wrong, or the cluster cannot be reached or refuses", nil},
	{ExitStrategy, "the strategy is at fault", []v1alpha1.Verdict{
		v1alpha1.VerdictASTRejected, v1alpha1.VerdictStrategyError, v1alpha1.VerdictResultInvalid,
	}},
	{ExitViolation, "the strategy made a system call that the sandbox denied", []v1alpha1.Verdict{v1alpha1.VerdictSecurityViolation}},
	{ExitLimit, "a limit was reached", []v1alpha1.Verdict{
		v1alpha1.VerdictOOMKilled, v1alpha1.VerdictDeadlineExceeded, v1alpha1.VerdictCPUTimeExceeded, v1alpha1.VerdictDiskLimitExceeded,
	}},
	{ExitInfrastructure, "the infrastructure failed; nothing is known against the strategy", []v1alpha1.Verdict{
		v1alpha1.VerdictNotAccepted, v1alpha1.VerdictPodLost, v1alpha1.VerdictNodeDisrupted, v1alpha1.VerdictImagePullFailed,
		v1alpha1.VerdictSeccompProfileMissing, v1alpha1.VerdictPodRejected, v1alpha1.VerdictStartDeadlineExceeded,
		v1alpha1.VerdictSandboxUnsupported, v1alpha1.VerdictRunnerFailed,
	}},
	{ExitCancelled, "the run was cancelled", []v1alpha1.Verdict{v1alpha1.VerdictCancelled}},
	{ExitNoVerdict, "there is no verdict: --timeout was over, Ctrl-C was pressed, or somebody deleted the run", nil},
}

// ExitCode is the exit code for a verdict. One that this version does not know is trusted for nothing.
func ExitCode(verdict v1alpha1.Verdict) int {
	for _, exit := range Exits {
		if slices.Contains(exit.Verdicts, verdict) {
			return exit.Code
		}
	}
	return ExitInfrastructure
}

// ExitText is the table of exit codes for a help text.
func ExitText() string {
	var text strings.Builder
	for _, exit := range Exits {
		fmt.Fprintf(&text, "  %d  %s\n", exit.Code, exit.Meaning)
		if len(exit.Verdicts) > 1 {
			fmt.Fprintf(&text, "     (%s)\n", join(exit.Verdicts, ", ", ""))
		}
	}
	return text.String()
}

// ExitMarkdown is the table of exit codes for the documentation.
func ExitMarkdown() string {
	var text strings.Builder
	text.WriteString("| code | meaning | verdicts |\n| --- | --- | --- |\n")
	for _, exit := range Exits {
		fmt.Fprintf(&text, "| %d | %s | %s |\n", exit.Code, exit.Meaning, join(exit.Verdicts, ", ", "`"))
	}
	return text.String()
}

func join(verdicts []v1alpha1.Verdict, separator, quote string) string {
	names := make([]string, 0, len(verdicts))
	for _, verdict := range verdicts {
		names = append(names, quote+string(verdict)+quote)
	}
	return strings.Join(names, separator)
}
