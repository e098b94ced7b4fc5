package strategyrun

import (
	"context"
	"fmt"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/fallback"
	"github.com/stratbox/stratbox/internal/outcome"
)

// settle ends an attempt with a finding, and the run too unless something is to be tried after it.
func (r *Reconciler) settle(s *scope, attempt *v1alpha1.Attempt, finding outcome.Finding) {
	endAttempt(attempt, finding.Verdict, finding.Message, s.now)
	step, after := fallback.Decide(r.situation(s))
	if step == fallback.Done {
		s.conclude(attempt, finding)
		return
	}
	s.stopPods = true
	s.again = &again{step: step, from: *attempt}
	if step == fallback.ASTOnly && attempt.Mode == v1alpha1.ModeSandbox {
		fellBack(s.run, finding, s.now)
	}
	queued(s.run, fmt.Sprintf("%s, goes on %s", finding.Verdict, where(step)), s.now)
	s.wakeAt(s.now.Add(after))
}

// again says what follows an attempt that did not end well.
type again struct {
	step fallback.Step
	from v1alpha1.Attempt
}

func where(step fallback.Step) string {
	if step == fallback.ASTOnly {
		return "AST-only"
	}
	return "in another Pod"
}

// plan decides how the next attempt is executed, from those before it alone. If what was to follow is not possible any
// more, because the executor or the policy is another by now, the last verdict is the run's.
func (r *Reconciler) plan(_ context.Context, s *scope) (bool, error) {
	step, after := fallback.Decide(r.situation(s))
	s.step = step
	last := lastEnded(s.run)
	if last == nil {
		return false, nil
	}
	if step == fallback.Done {
		s.conclude(nil, outcome.Finding{Verdict: last.Verdict, Message: last.Message})
		return true, nil
	}
	if last.FinishTime != nil && s.now.Before(last.FinishTime.Add(after)) {
		s.wakeAt(last.FinishTime.Add(after))
		return true, nil
	}
	return false, nil
}

func (r *Reconciler) situation(s *scope) fallback.Situation {
	situation := fallback.Situation{
		Mode:     s.settings.Config.ModeFor(s.run.Spec.Mode),
		Policy:   s.settings.Config.FallbackFor(s.run.Spec.Fallback.Policy),
		Executor: r.executor() != nil,
	}
	for _, attempt := range s.run.Status.Attempts {
		if attempt.Verdict != "" {
			situation.Attempts = append(situation.Attempts, fallback.Attempt{Mode: attempt.Mode, Verdict: attempt.Verdict})
		}
	}
	return situation
}

// lastEnded is the last attempt that ended by itself, nil if there is none.
func lastEnded(run *v1alpha1.StrategyRun) *v1alpha1.Attempt {
	for i := len(run.Status.Attempts) - 1; i >= 0; i-- {
		attempt := &run.Status.Attempts[i]
		if attempt.Verdict != "" && attempt.Verdict != v1alpha1.VerdictSuspended {
			return attempt
		}
	}
	return nil
}

// maxEarlier bounds what a run's message says of each attempt before the last.
const maxEarlier = 200

// withEarlier adds to a run's message how the attempts before the last have ended.
func withEarlier(run *v1alpha1.StrategyRun, message string) string {
	last := lastEnded(run)
	for i := range run.Status.Attempts {
		attempt := &run.Status.Attempts[i]
		if attempt == last {
			break
		}
		if attempt.Verdict != "" && attempt.Verdict != v1alpha1.VerdictSuspended {
			message += fmt.Sprintf("; before that, attempt %d (%s) ended as %s: %s", indexOf(*attempt), attempt.Mode,
				attempt.Verdict, contract.Truncate(attempt.Message, maxEarlier))
		}
	}
	return message
}
