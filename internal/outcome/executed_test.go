package outcome_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/outcome"
	"github.com/stratbox/stratbox/internal/testutil"
)

func TestAnExecutorsRecordIsJudgedAsItStands(t *testing.T) {
	tests := map[string]struct {
		record *testutil.RecordBuilder
		want   v1alpha1.Verdict
		says   string
	}{
		"a score":                 {testutil.MakeRecord("run", 0).Completed(), v1alpha1.VerdictCompleted, "was scored"},
		"its memory's figure":     {testutil.MakeRecord("run", 0).Verdict(v1alpha1.VerdictOOMKilled, "It used 2100 MiB."), v1alpha1.VerdictOOMKilled, "It used 2100 MiB"},
		"its deadline":            {testutil.MakeRecord("run", 0).Verdict(v1alpha1.VerdictDeadlineExceeded, ""), v1alpha1.VerdictDeadlineExceeded, "its limit is 2s"},
		"a failure":               {testutil.MakeRecord("run", 0).Verdict(v1alpha1.VerdictRunnerFailed, "No Python."), v1alpha1.VerdictRunnerFailed, "No Python"},
		"a denied call after all": {testutil.MakeRecord("run", 0).Denied("socket", 1).Completed(), v1alpha1.VerdictSecurityViolation, "socket (1)"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			at := time.Unix(1_790_000_000, 0)
			facts := outcome.Executed(test.record.Obj(), outcome.Limits{Memory: "2Gi", Deadline: 2 * time.Second}, at, at.Add(time.Hour))
			if facts.Record.Sealed {
				t.Error("an executor's attempt counts as sealed")
			}
			finding := outcome.Classify(facts)
			if finding.Verdict != test.want || !strings.Contains(finding.Message, test.says) {
				t.Errorf("%s: %q, want %s with %q", finding.Verdict, finding.Message, test.want, test.says)
			}
		})
	}
}

func TestAnAttemptThatWasLostIsTheInfrastructuresFault(t *testing.T) {
	finding := outcome.Lost("the executor restarted.")
	if finding.Verdict != v1alpha1.VerdictRunnerFailed || finding.Blame != outcome.BlameInfrastructure ||
		finding.Message != "the executor restarted; look at the executor's log" {
		t.Errorf("finding %+v", finding)
	}
}
