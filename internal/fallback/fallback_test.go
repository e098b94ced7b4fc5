package fallback_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/fallback"
	"github.com/stratbox/stratbox/internal/outcome"
)

const (
	always = v1alpha1.FallbackSandboxFailure
	infra  = v1alpha1.FallbackInfrastructureFailure
	never  = v1alpha1.FallbackNever
)

func sandboxed(verdicts ...v1alpha1.Verdict) []fallback.Attempt {
	return attempts(v1alpha1.ModeSandbox, verdicts...)
}

func gated(verdicts ...v1alpha1.Verdict) []fallback.Attempt {
	return attempts(v1alpha1.ModeASTOnly, verdicts...)
}

func attempts(mode v1alpha1.Mode, verdicts ...v1alpha1.Verdict) []fallback.Attempt {
	var all []fallback.Attempt
	for _, verdict := range verdicts {
		all = append(all, fallback.Attempt{Mode: mode, Verdict: verdict})
	}
	return all
}

// TestEveryVerdictUnderEveryPolicy is the whole table: what follows the first sandboxed attempt.
func TestEveryVerdictUnderEveryPolicy(t *testing.T) {
	type answers struct{ always, infra, never fallback.Step }
	var (
		final      = answers{fallback.Done, fallback.Done, fallback.Done}
		limit      = answers{fallback.ASTOnly, fallback.Done, fallback.Done}
		obstacle   = answers{fallback.ASTOnly, fallback.ASTOnly, fallback.Done}
		misfortune = answers{fallback.Sandbox, fallback.Sandbox, fallback.Done}
	)
	want := map[v1alpha1.Verdict]answers{
		v1alpha1.VerdictSecurityViolation:     final,
		v1alpha1.VerdictASTRejected:           final,
		v1alpha1.VerdictStrategyError:         final,
		v1alpha1.VerdictResultInvalid:         final,
		v1alpha1.VerdictCompleted:             final,
		v1alpha1.VerdictCancelled:             final,
		v1alpha1.VerdictNotAccepted:           final,
		v1alpha1.VerdictDiskLimitExceeded:     limit,
		v1alpha1.VerdictOOMKilled:             limit,
		v1alpha1.VerdictDeadlineExceeded:      limit,
		v1alpha1.VerdictCPUTimeExceeded:       limit,
		v1alpha1.VerdictImagePullFailed:       obstacle,
		v1alpha1.VerdictSeccompProfileMissing: obstacle,
		v1alpha1.VerdictPodRejected:           obstacle,
		v1alpha1.VerdictStartDeadlineExceeded: obstacle,
		v1alpha1.VerdictSandboxUnsupported:    obstacle,
		v1alpha1.VerdictPodLost:               misfortune,
		v1alpha1.VerdictNodeDisrupted:         misfortune,
		v1alpha1.VerdictRunnerFailed:          misfortune,
	}
	for verdict, expected := range want {
		t.Run(string(verdict), func(t *testing.T) {
			step := func(policy v1alpha1.FallbackPolicy) fallback.Step {
				step, after := fallback.Decide(fallback.Situation{
					Mode: v1alpha1.ModeSandbox, Policy: policy, Executor: true, Attempts: sandboxed(verdict),
				})
				if (after == fallback.Backoff) != (step == fallback.Sandbox) {
					t.Errorf("%s under %s waits %s", step, policy, after)
				}
				return step
			}
			got := answers{step(always), step(infra), step(never)}
			if diff := cmp.Diff(expected, got, cmp.AllowUnexported(answers{})); diff != "" {
				t.Errorf("next step (-want +got):\n%s", diff)
			}
		})
	}
	for _, rule := range outcome.Rules() {
		if _, found := want[rule.Verdict]; !found {
			t.Errorf("nobody has said what follows %s", rule.Verdict)
		}
	}
}

func TestWhatTheStrategyDidIsNeverAnsweredByWeakerIsolation(t *testing.T) {
	for _, rule := range outcome.Rules() {
		kind := fallback.KindOf(rule.Verdict)
		switch rule.Blame {
		case outcome.BlameInfrastructure:
			if kind != fallback.Obstacle && kind != fallback.Misfortune {
				t.Errorf("%s blames the infrastructure and is %s", rule.Verdict, kind)
			}
		default:
			if kind != fallback.Final && kind != fallback.Limit {
				t.Errorf("%s blames %s and is %s", rule.Verdict, rule.Blame, kind)
			}
		}
	}
}

func TestDecide(t *testing.T) {
	const (
		oom     = v1alpha1.VerdictOOMKilled
		lost    = v1alpha1.VerdictPodLost
		failed  = v1alpha1.VerdictRunnerFailed
		stopped = v1alpha1.VerdictSuspended
	)
	tests := map[string]struct {
		mode       v1alpha1.Mode
		policy     v1alpha1.FallbackPolicy
		noExecutor bool
		attempts   []fallback.Attempt
		want       fallback.Step
		after      time.Duration
	}{
		"a new run begins in the sandbox":                           {want: fallback.Sandbox},
		"a new run begins behind the gate if that is asked for":     {mode: v1alpha1.ModeASTOnly, want: fallback.ASTOnly},
		"a suspended attempt counts for nothing":                    {attempts: sandboxed(stopped, stopped), want: fallback.Sandbox},
		"a run that had fallen back stays so when it was suspended": {attempts: append(sandboxed(oom), gated(stopped)...), want: fallback.ASTOnly},
		"one misfortune is worth another Pod":                       {attempts: sandboxed(lost), want: fallback.Sandbox, after: fallback.Backoff},
		"it is so without an executor":                              {noExecutor: true, attempts: sandboxed(lost), want: fallback.Sandbox, after: fallback.Backoff},
		"two are not":                                               {attempts: sandboxed(lost, failed), want: fallback.ASTOnly},
		"two without an executor are the end":                       {noExecutor: true, attempts: sandboxed(lost, failed), want: fallback.Done},
		"a second Pod that exceeds a limit falls back":              {attempts: sandboxed(lost, oom), want: fallback.ASTOnly},
		"a second Pod that exceeds a limit does so where allowed":   {policy: infra, attempts: sandboxed(lost, oom), want: fallback.Done},
		"without an executor a limit is the end":                    {noExecutor: true, attempts: sandboxed(oom), want: fallback.Done},
		"a score is the end, also after a fallback":                 {attempts: append(sandboxed(oom), gated(v1alpha1.VerdictCompleted)...), want: fallback.Done},
		"a limit behind the gate is the end":                        {attempts: append(sandboxed(oom), gated(oom)...), want: fallback.Done},
		"what an executor lost is repeated":                         {mode: v1alpha1.ModeASTOnly, attempts: gated(failed), want: fallback.ASTOnly},
		"what an executor lost is repeated after a fallback":        {attempts: append(sandboxed(lost, lost), gated(failed)...), want: fallback.ASTOnly},
		"what was lost twice is the end":                            {mode: v1alpha1.ModeASTOnly, attempts: gated(failed, failed), want: fallback.Done},
		"what was lost is not repeated when nobody is there to":     {mode: v1alpha1.ModeASTOnly, noExecutor: true, attempts: gated(failed), want: fallback.Done},
		"under Never the first verdict stands, whatever the mode":   {mode: v1alpha1.ModeASTOnly, policy: never, attempts: gated(failed), want: fallback.Done},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			situation := fallback.Situation{Mode: test.mode, Policy: test.policy, Executor: !test.noExecutor, Attempts: test.attempts}
			if situation.Policy == "" {
				situation.Policy = always
			}
			got, after := fallback.Decide(situation)
			if got != test.want || after != test.after {
				t.Errorf("%s after %s, want %s after %s", got, after, test.want, test.after)
			}
		})
	}
}

// TestEveryRunEnds: whatever attempts end with, a run has at most two in each mode.
func TestEveryRunEnds(t *testing.T) {
	verdicts := []v1alpha1.Verdict{v1alpha1.VerdictCompleted}
	for _, rule := range outcome.Rules() {
		verdicts = append(verdicts, rule.Verdict)
	}
	var follow func(s fallback.Situation, depth int)
	follow = func(s fallback.Situation, depth int) {
		step, _ := fallback.Decide(s)
		if step == fallback.Done {
			return
		}
		if depth == 4 {
			t.Fatalf("a fifth attempt after %v", s.Attempts)
		}
		for _, verdict := range verdicts {
			next := s
			next.Attempts = append(append([]fallback.Attempt(nil), s.Attempts...), fallback.Attempt{Mode: v1alpha1.Mode(step), Verdict: verdict})
			follow(next, depth+1)
		}
	}
	for _, mode := range []v1alpha1.Mode{v1alpha1.ModeSandbox, v1alpha1.ModeASTOnly} {
		for _, policy := range []v1alpha1.FallbackPolicy{always, infra, never} {
			follow(fallback.Situation{Mode: mode, Policy: policy, Executor: true}, 0)
		}
	}
}
