package functional_test

import (
	"strings"
	"testing"
	"time"

	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/functional"
)

func TestWhatSaysNothingOfTheSandboxDisturbs(t *testing.T) {
	type change func(*functional.Observation)
	for name, c := range map[string]struct {
		test, run string
		change    change
		message   string
	}{
		"no verdict":                {"failure-message", "raises", func(o *functional.Observation) { o.Status = v1alpha1.StrategyRunStatus{} }, "run raises ended with nothing said, expected StrategyError"},
		"a start that nobody saw":   {"starts-under-10s", "function", func(o *functional.Observation) { o.Status.Result = nil }, "nobody saw when the Pod of run function started"},
		"an end that nobody saw":    {"ends-under-5s", "deadline", func(o *functional.Observation) { o.EndMillis = nil }, "nobody saw when the Pod of run deadline was gone, expected it within 5s"},
		"one after the other":       {"concurrent-runs-isolated", "intruder", func(o *functional.Observation) { o.Status.Attempts[0].StartTime.Time = time.Unix(1795427365, 0) }, "look for room on the nodes and at concurrency.maxConcurrentRuns"},
		"a run that lost its times": {"concurrent-runs-isolated", "together-a", func(o *functional.Observation) { o.Status.Result.Timings.ExecutionMillis = nil }, "run together-a does not tell when it was executed"},
		"a run without an attempt":  {"concurrent-runs-isolated", "together-a", func(o *functional.Observation) { o.Status.Attempts = nil }, "run together-a does not tell when it was executed"},
	} {
		t.Run(name, func(t *testing.T) {
			observations := all()
			o := observations[c.run]
			c.change(&o)
			observations[c.run] = o
			outcome, message := functional.Judge(test(t, c.test), observations)
			if outcome != v1alpha1.FunctionalDisturbed || !strings.Contains(message, c.message) {
				t.Errorf("%s: %s, want Disturbed with %q", outcome, message, c.message)
			}
		})
	}
}

func TestAVerdictFailsATestOnlyIfItIsTheSandboxs(t *testing.T) {
	for verdict, want := range map[v1alpha1.Verdict]v1alpha1.FunctionalOutcome{
		v1alpha1.VerdictPodLost: v1alpha1.FunctionalDisturbed, v1alpha1.VerdictNodeDisrupted: v1alpha1.FunctionalDisturbed,
		v1alpha1.VerdictImagePullFailed: v1alpha1.FunctionalDisturbed, v1alpha1.VerdictPodRejected: v1alpha1.FunctionalDisturbed,
		v1alpha1.VerdictStartDeadlineExceeded: v1alpha1.FunctionalDisturbed, v1alpha1.VerdictRunnerFailed: v1alpha1.FunctionalDisturbed,
		v1alpha1.VerdictNotAccepted: v1alpha1.FunctionalDisturbed, v1alpha1.VerdictCancelled: v1alpha1.FunctionalDisturbed,
		v1alpha1.VerdictSandboxUnsupported: v1alpha1.FunctionalFail, v1alpha1.VerdictSeccompProfileMissing: v1alpha1.FunctionalFail,
		v1alpha1.VerdictASTRejected: v1alpha1.FunctionalFail, v1alpha1.VerdictSecurityViolation: v1alpha1.FunctionalFail,
		v1alpha1.VerdictOOMKilled: v1alpha1.FunctionalFail, v1alpha1.VerdictDeadlineExceeded: v1alpha1.FunctionalFail,
		v1alpha1.VerdictDiskLimitExceeded: v1alpha1.FunctionalFail, v1alpha1.VerdictResultInvalid: v1alpha1.FunctionalFail,
	} {
		observations := all()
		o := observations["script"]
		end(&o, verdict, "as it is")
		observations["script"] = o
		outcome, message := functional.Judge(test(t, "executes-and-collects"), observations)
		if outcome != want || !strings.Contains(message, "run script ended "+string(verdict)+", expected Completed: as it is") {
			t.Errorf("%s: %s, want %s: %s", verdict, outcome, want, message)
		}
	}
}

func TestWhatIsWrongOutweighsADisturbance(t *testing.T) {
	for name, c := range map[string]struct {
		test   string
		change func(observations map[string]functional.Observation)
	}{
		"another verdict": {"executes-and-collects", func(observations map[string]functional.Observation) {
			lost, wrong := observations["function"], observations["script"]
			end(&lost, v1alpha1.VerdictPodLost, "")
			end(&wrong, v1alpha1.VerdictSandboxUnsupported, "")
			observations["function"], observations["script"] = lost, wrong
		}},
		"an end that is late": {"ends-under-5s", func(observations map[string]functional.Observation) {
			unseen, late := observations["function"], observations["deadline"]
			unseen.EndMillis, late.EndMillis = nil, ptr.To[int64](5000)
			observations["function"], observations["deadline"] = unseen, late
		}},
		"something seen": {"concurrent-runs-isolated", func(observations map[string]functional.Observation) {
			intruder := observations["intruder"]
			intruder.Status.Attempts[0].StartTime.Time = time.Unix(1795427400, 0)
			deny(&intruder, "fspick")
			observations["intruder"] = intruder
		}},
	} {
		t.Run(name, func(t *testing.T) {
			observations := all()
			c.change(observations)
			if outcome, message := functional.Judge(test(t, c.test), observations); outcome != v1alpha1.FunctionalFail {
				t.Errorf("%s: %s", outcome, message)
			}
		})
	}
}
