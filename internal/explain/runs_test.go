package explain_test

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/testutil"
)

var submitted = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

func at(seconds int) *metav1.Time {
	return &metav1.Time{Time: submitted.Add(time.Duration(seconds) * time.Second)}
}

// made is a run that was submitted and that nobody has looked at.
func made(change func(*v1alpha1.StrategyRun)) *v1alpha1.StrategyRun {
	run := testutil.MakeRun("stratbox-runs", "momentum-x7k2p").StrategyID("momentum").Obj()
	run.CreationTimestamp = *at(0)
	if change != nil {
		change(run)
	}
	return run
}

func condition(run *v1alpha1.StrategyRun, kind string, status metav1.ConditionStatus, reason, message string) {
	run.Status.Conditions = append(run.Status.Conditions, metav1.Condition{
		Type: kind, Status: status, Reason: reason, Message: message, LastTransitionTime: *at(9),
	})
}

// ended is a run with a verdict, after one attempt in the sandbox.
func ended(verdict v1alpha1.Verdict, message string, change func(*v1alpha1.StrategyRun)) *v1alpha1.StrategyRun {
	return made(func(run *v1alpha1.StrategyRun) {
		succeeded := metav1.ConditionFalse
		if verdict == v1alpha1.VerdictCompleted {
			succeeded = metav1.ConditionTrue
		}
		condition(run, v1alpha1.ConditionFinished, metav1.ConditionTrue, string(verdict), "")
		condition(run, v1alpha1.ConditionSucceeded, succeeded, string(verdict), message)
		run.Status.ExecutedMode = v1alpha1.ModeSandbox
		run.Status.StartTime, run.Status.FinishTime = at(1), at(9)
		run.Status.Attempts = []v1alpha1.Attempt{{
			Index: ptr.To[int32](0), Mode: v1alpha1.ModeSandbox, Verdict: verdict, Message: message, Pod: run.Name + "-0", Node: "node0",
			StartTime: at(1), FinishTime: at(9),
		}}
		if verdict == v1alpha1.VerdictCompleted {
			run.Status.Attempts[0].Message = ""
		}
		run.Status.Environment = &v1alpha1.Environment{Detection: v1alpha1.DetectionFull}
		if change != nil {
			change(run)
		}
	})
}

func measured(run *v1alpha1.StrategyRun) {
	run.Status.Result = &v1alpha1.Result{
		Timings: &v1alpha1.Timings{
			QueuedMillis: ptr.To[int64](120), StartedMillis: ptr.To[int64](840), ImportsMillis: ptr.To[int64](410), DataMillis: ptr.To[int64](1),
			SealMillis: ptr.To[int64](3), GateMillis: ptr.To[int64](2), ExecutionMillis: ptr.To[int64](5210), ScoringMillis: ptr.To[int64](320),
			TotalMillis: ptr.To[int64](123_456),
		},
		CPUMillis: ptr.To[int64](5300), PeakMemoryBytes: ptr.To[int64](508 << 20),
	}
}

// runs are the runs that golden files exist of. The names say what is special about them.
var runs = map[string]*v1alpha1.StrategyRun{
	"scored": ended(v1alpha1.VerdictCompleted, "the strategy ran for 5.21s and was scored", func(run *v1alpha1.StrategyRun) {
		measured(run)
		run.Status.Result.Metrics = map[string]string{
			"trades": "120", "daily_sharpe": "1.31", "zeta": "3", "total_return": "0.84", "max_drawdown": "-0.22", "alpha": "2",
		}
	}),
	"rejected": ended(v1alpha1.VerdictASTRejected,
		"the gate refused the code at line 2, column 9 (name): eval is not available; see status.gate for the rule and the line",
		func(run *v1alpha1.StrategyRun) {
			run.Status.Gate = &v1alpha1.GateFinding{
				Rule: "name", Line: ptr.To[int32](12), Column: ptr.To[int32](13), Message: "eval is not available; write the expression itself",
				SourceLine: "    收盤 = x + eval('1')",
			}
		}),
	"rejected-as-a-whole": ended(v1alpha1.VerdictASTRejected, "the gate refused the code (syntax): too deep", func(run *v1alpha1.StrategyRun) {
		run.Status.Gate = &v1alpha1.GateFinding{Rule: "size", Line: ptr.To[int32](0), Message: "the code nests too deeply"}
	}),
	"violation": ended(v1alpha1.VerdictSecurityViolation,
		"the sandbox denied 5 of the strategy's system calls: openat (3), socket (2); see status.violations; such a run is never scored and never falls back",
		func(run *v1alpha1.StrategyRun) {
			run.Status.ViolationCount = ptr.To[int64](9)
			run.Status.ViolationsDropped = ptr.To[int64](4)
			run.Status.Violations = []v1alpha1.Violation{
				{Syscall: "openat", Count: ptr.To[int64](3), FirstTime: at(4)}, {Syscall: "socket", Count: ptr.To[int64](2)},
			}
			condition(run, v1alpha1.ConditionSecurityViolation, metav1.ConditionTrue, v1alpha1.ReasonSyscallDenied, "")
		}),
	"fell-back-and-scored": ended(v1alpha1.VerdictCompleted, "the strategy ran for 9s and was scored; before that, attempt 0 (Sandbox) ended as OOMKilled: too much",
		func(run *v1alpha1.StrategyRun) {
			measured(run)
			run.Spec.Limits = testutil.MakeRun("", "").Memory("512Mi").CPU("500m").Deadline(90).StartDeadline(30).Obj().Spec.Limits
			run.Status.ExecutedMode = v1alpha1.ModeASTOnly
			run.Status.Environment.Detection = v1alpha1.DetectionNone
			first := run.Status.Attempts[0]
			first.Verdict, first.Message = v1alpha1.VerdictOOMKilled, "the kernel ended the strategy at its memory limit of 512Mi; use less memory, or raise spec.limits.memory"
			run.Status.Attempts = []v1alpha1.Attempt{first, {
				Index: ptr.To[int32](1), Mode: v1alpha1.ModeASTOnly, Verdict: v1alpha1.VerdictCompleted, StartTime: at(5), FinishTime: at(9),
			}}
		}),
	"refused-before-it-started": ended(v1alpha1.VerdictNotAccepted, "the run was not accepted", func(run *v1alpha1.StrategyRun) {
		run.Status.Attempts, run.Status.ExecutedMode, run.Status.Environment, run.Status.StartTime = nil, "", nil, nil
		condition(run, v1alpha1.ConditionAccepted, metav1.ConditionFalse, v1alpha1.ReasonDatasetNotFound, "there is no dataset nope; there are: tw-daily")
	}),
	"start-deadline": ended(v1alpha1.VerdictStartDeadlineExceeded, "the Pod did not run within 1m0s of its creation: no room", nil),
	"ast-only": ended(v1alpha1.VerdictStrategyError, "ZeroDivisionError in line 3", func(run *v1alpha1.StrategyRun) {
		run.Spec.StrategyID = ""
		run.Status.ExecutedMode, run.Status.Attempts[0].Mode, run.Status.Attempts[0].Pod = v1alpha1.ModeASTOnly, v1alpha1.ModeASTOnly, ""
	}),
	"behind-the-runtimes-profile": ended(v1alpha1.VerdictCancelled, "", func(run *v1alpha1.StrategyRun) {
		run.Status.Environment.Detection = v1alpha1.DetectionPartial
	}),
	"verdict-of-tomorrow": ended("NodeOnFire", "the node is on fire", nil),
	"unseen":              made(nil),
	"queued": made(func(run *v1alpha1.StrategyRun) {
		condition(run, v1alpha1.ConditionFinished, metav1.ConditionFalse, v1alpha1.ReasonQueued, "waits for one of 5 places")
	}),
	"suspended": made(func(run *v1alpha1.StrategyRun) {
		condition(run, v1alpha1.ConditionFinished, metav1.ConditionFalse, v1alpha1.ReasonSuspended, "")
	}),
	"running": made(func(run *v1alpha1.StrategyRun) {
		condition(run, v1alpha1.ConditionFinished, metav1.ConditionFalse, v1alpha1.ReasonRunning, "")
		run.Status.ExecutedMode = v1alpha1.ModeSandbox
		run.Status.Attempts = []v1alpha1.Attempt{{Index: ptr.To[int32](0), Mode: v1alpha1.ModeSandbox, Pod: "momentum-x7k2p-0", StartTime: at(1)}}
	}),
	"with-text-that-would-turn-a-terminal": ended(v1alpha1.VerdictStrategyError, "boom \x1b[2J\x1b]0;owned\a", func(run *v1alpha1.StrategyRun) {
		run.Spec.StrategyID = "mo\x1b[31mmentum\r\n\u202egninnur"
		run.Status.Gate = &v1alpha1.GateFinding{
			Rule: "x\x1b", Line: ptr.To[int32](1), Column: ptr.To[int32](400), Message: "m\x1b[1m\nSecond line", SourceLine: "a\x1b[0m\tb",
		}
	}),
}

var unobserved = metav1.Condition{
	Type: v1alpha1.ConditionSecurityViolation, Status: metav1.ConditionUnknown, Reason: v1alpha1.ReasonNotObserved,
}
