package outcome_test

import (
	"strings"
	"testing"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/outcome"
)

func TestEveryRuleButTheLastHasHelp(t *testing.T) {
	for _, rule := range outcome.Rules() {
		help, found := outcome.HelpFor(rule.Verdict)
		if found == (rule.Verdict == v1alpha1.VerdictCompleted) {
			t.Errorf("%s: help %v", rule.Verdict, found)
		}
		if found && (help.Look == "" || len(help.Do) == 0 || help.Stage == "") {
			t.Errorf("%s: %+v", rule.Verdict, help)
		}
		// The table of the page on troubleshooting is made of these.
		if strings.Contains(help.Look+strings.Join(help.Do, ""), "|") {
			t.Errorf("%s: a table cannot hold a bar", rule.Verdict)
		}
	}
	if len(outcome.Helps()) != len(outcome.Rules())+1 {
		t.Errorf("%d helps", len(outcome.Helps()))
	}
}

func TestTheAdviceOfAMessageCanBeLeftOut(t *testing.T) {
	for name, test := range map[string]struct {
		verdict       v1alpha1.Verdict
		message, want string
	}{
		"a message with its advice":  {v1alpha1.VerdictPodLost, "it vanished; create the run again if nobody meant to delete its Pod", "it vanished"},
		"a message that was cut":     {v1alpha1.VerdictPodLost, "it vanished; create the run…", "it vanished; create the run…"},
		"a verdict without advice":   {v1alpha1.VerdictStrategyError, "boom; bang", "boom; bang"},
		"a verdict nobody knows yet": {"NodeOnFire", "boom; bang", "boom; bang"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := outcome.WithoutAdvice(test.verdict, test.message); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
