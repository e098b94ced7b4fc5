// Package fallback answers what is executed next after an attempt has ended: nothing, the sandbox once more, or the gate
// alone. It is pure, and it decides from the attempts alone, so that a manager that has just started comes to the
// same answer as the one before it. It refuses to know why an attempt ended beyond its verdict.
package fallback

import (
	"time"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// Step is what to do next.
type Step string

const (
	// Done: the last verdict is the run's.
	Done Step = "Done"
	// Sandbox: execute in a Pod.
	Sandbox Step = "Sandbox"
	// ASTOnly: execute behind the gate alone.
	ASTOnly Step = "ASTOnly"
)

// Kind is what the answer to a verdict depends on.
type Kind string

const (
	// Final ends are the strategy's own, or somebody's wish. No policy answers them, because code must not be able to
	// choose weaker isolation by the way it ends.
	Final Kind = "final"
	// Limit: the strategy used more than it was given.
	Limit Kind = "limit"
	// Obstacle: the infrastructure failed in a way that another Pod would meet again.
	Obstacle Kind = "obstacle"
	// Misfortune: the infrastructure failed in a way that another Pod may well be spared.
	Misfortune Kind = "misfortune"
)

// kinds is the table. A verdict that is not in it is Final.
var kinds = map[v1alpha1.Verdict]Kind{
	v1alpha1.VerdictPodLost:               Misfortune,
	v1alpha1.VerdictNodeDisrupted:         Misfortune,
	v1alpha1.VerdictRunnerFailed:          Misfortune,
	v1alpha1.VerdictImagePullFailed:       Obstacle,
	v1alpha1.VerdictSeccompProfileMissing: Obstacle,
	v1alpha1.VerdictPodRejected:           Obstacle,
	v1alpha1.VerdictStartDeadlineExceeded: Obstacle,
	v1alpha1.VerdictSandboxUnsupported:    Obstacle,
	v1alpha1.VerdictDiskLimitExceeded:     Limit,
	v1alpha1.VerdictOOMKilled:             Limit,
	v1alpha1.VerdictDeadlineExceeded:      Limit,
	v1alpha1.VerdictCPUTimeExceeded:       Limit,
}

// KindOf says what the answer to a verdict depends on.
func KindOf(verdict v1alpha1.Verdict) Kind {
	if kind, found := kinds[verdict]; found {
		return kind
	}
	return Final
}

const (
	// sandboxRetries is how many attempts in the sandbox may follow one that met with misfortune.
	sandboxRetries = 1
	// executorRetries is how many attempts may follow one that the executor lost.
	executorRetries = 1
	// Backoff is how long to wait before the sandbox is tried again, so that what hit the first Pod may pass.
	Backoff = 5 * time.Second
)

// Attempt is an execution that has ended.
type Attempt struct {
	Mode    v1alpha1.Mode
	Verdict v1alpha1.Verdict
}

// Situation is what a decision rests on.
type Situation struct {
	// Mode of the first attempt: Sandbox or ASTOnly.
	Mode   v1alpha1.Mode
	Policy v1alpha1.FallbackPolicy
	// Executor says whether this installation can execute behind the gate alone.
	Executor bool
	// Attempts that have ended, oldest first.
	Attempts []Attempt
}

// Decide says what to do next, and how long after the end of the last attempt.
func Decide(s Situation) (Step, time.Duration) {
	attempts := withoutSuspended(s.Attempts)
	if len(attempts) == 0 {
		return first(s), 0
	}
	last := attempts[len(attempts)-1]
	kind := KindOf(last.Verdict)
	switch {
	case s.Policy == v1alpha1.FallbackNever || kind == Final:
		return Done, 0
	case last.Mode == v1alpha1.ModeASTOnly:
		// There is nothing weaker to fall back to. What an executor lost when it ended is worth another attempt.
		if kind == Misfortune && s.Executor && count(attempts, last.Mode) <= executorRetries {
			return ASTOnly, 0
		}
		return Done, 0
	case kind == Misfortune && count(attempts, last.Mode) <= sandboxRetries:
		return Sandbox, Backoff
	case !s.Executor, kind == Limit && s.Policy != v1alpha1.FallbackSandboxFailure:
		return Done, 0
	default:
		return ASTOnly, 0
	}
}

func first(s Situation) Step {
	if s.Mode == v1alpha1.ModeASTOnly {
		return ASTOnly
	}
	return Sandbox
}

// withoutSuspended leaves out what was stopped on purpose: the attempt after it takes its place. Its mode stays, since
// a run that had fallen back before it was suspended has still fallen back: the attempts before it say so.
func withoutSuspended(attempts []Attempt) []Attempt {
	var rest []Attempt
	for _, attempt := range attempts {
		if attempt.Verdict != v1alpha1.VerdictSuspended {
			rest = append(rest, attempt)
		}
	}
	return rest
}

// count counts the attempts in a mode that met with misfortune.
func count(attempts []Attempt, mode v1alpha1.Mode) int {
	n := 0
	for _, attempt := range attempts {
		if attempt.Mode == mode && KindOf(attempt.Verdict) == Misfortune {
			n++
		}
	}
	return n
}
