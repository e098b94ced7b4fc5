package explain

import (
	"fmt"
	"strings"

	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/outcome"
)

// Progress tells how a run goes, a line for each thing that happens. The zero value is where every run begins.
type Progress struct {
	waiting string
	// started and ended are how many attempts have been told of.
	started, ended int32
}

// Next returns what is new since it was last asked. Of a run that has ended it does not tell how: OfRun does.
func (p *Progress) Next(run *v1alpha1.StrategyRun) []string {
	var lines []string
	finished := apimeta.FindStatusCondition(run.Status.Conditions, v1alpha1.ConditionFinished)
	over := apimeta.IsStatusConditionTrue(run.Status.Conditions, v1alpha1.ConditionFinished)
	for i := range run.Status.Attempts {
		attempt := &run.Status.Attempts[i]
		// Only the last attempts are kept, so that their place in the list is not their number.
		number := ptr.Deref(attempt.Index, 0)
		if number >= p.started {
			lines = append(lines, startOf(attempt))
			p.started = number + 1
		}
		last := i == len(run.Status.Attempts)-1
		if attempt.Verdict != "" && number >= p.ended && !(last && over) {
			lines = append(lines, endOf(attempt))
			p.ended = number + 1
		}
	}
	if finished == nil || over {
		return lines
	}
	// While it runs the attempts say more than the condition does.
	waiting := ""
	if finished.Reason != v1alpha1.ReasonRunning {
		waiting = waitOf(run, finished)
	}
	if waiting != "" && waiting != p.waiting {
		lines = append(lines, waiting)
	}
	p.waiting = waiting
	return lines
}

// waitOf says what a run waits for. That its last attempt has ended, and how, has been said.
func waitOf(run *v1alpha1.StrategyRun, finished *metav1.Condition) string {
	message := finished.Message
	if count := len(run.Status.Attempts); count > 0 {
		message = strings.TrimPrefix(message, string(run.Status.Attempts[count-1].Verdict)+", ")
	}
	if message == "" {
		return finished.Reason
	}
	return finished.Reason + ": " + contract.Clean(message)
}

func startOf(attempt *v1alpha1.Attempt) string {
	number := ptr.Deref(attempt.Index, 0)
	switch {
	case attempt.Mode == v1alpha1.ModeASTOnly:
		return fmt.Sprintf("Attempt %d, AST-only: given to the executor", number)
	case attempt.Pod == "":
		return fmt.Sprintf("Attempt %d, in the sandbox", number)
	default:
		return fmt.Sprintf("Attempt %d, in the sandbox: Pod %s", number, attempt.Pod)
	}
}

func endOf(attempt *v1alpha1.Attempt) string {
	line := fmt.Sprintf("Attempt %d ended as %s", ptr.Deref(attempt.Index, 0), attempt.Verdict)
	if attempt.Message != "" {
		line += ": " + contract.Clean(outcome.WithoutAdvice(attempt.Verdict, attempt.Message))
	}
	return line
}
