package client

import (
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/yaml"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/outcome"
)

// publishedVerdicts are those that the API server accepts.
func publishedVerdicts(t *testing.T) []v1alpha1.Verdict {
	t.Helper()
	content, err := os.ReadFile("../config/crd/stratbox.dev_strategyruns.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var definition apiextensionsv1.CustomResourceDefinition
	if err := yaml.Unmarshal(content, &definition); err != nil {
		t.Fatal(err)
	}
	status := definition.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["status"]
	var verdicts []v1alpha1.Verdict
	for _, value := range status.Properties["attempts"].Items.Schema.Properties["verdict"].Enum {
		var verdict v1alpha1.Verdict
		if err := json.Unmarshal(value.Raw, &verdict); err != nil {
			t.Fatal(err)
		}
		verdicts = append(verdicts, verdict)
	}
	return verdicts
}

func TestEveryVerdictHasAClassThatFollowsFromItsBlame(t *testing.T) {
	verdicts := publishedVerdicts(t)
	if len(verdicts) != len(classes) {
		t.Errorf("%d verdicts are published, %d have a class", len(verdicts), len(classes))
	}
	byBlame := map[outcome.Blame]Class{
		outcome.BlameStrategy: Skip, outcome.BlameInfrastructure: InfrastructureError, outcome.BlameNobody: Scored,
	}
	undecidedByPods := map[v1alpha1.Verdict]Class{
		v1alpha1.VerdictNotAccepted: InfrastructureError,
		v1alpha1.VerdictCancelled:   Skip,
		v1alpha1.VerdictSuspended:   InfrastructureError,
	}
	for _, verdict := range verdicts {
		want, special := undecidedByPods[verdict]
		if !special {
			want = byBlame[outcome.BlameOf(verdict)]
		}
		if got := ClassOf(verdict); got != want {
			t.Errorf("ClassOf(%s) = %s, want %s", verdict, got, want)
		}
	}
}

func TestClassOfAnUnknownVerdict(t *testing.T) {
	for _, verdict := range []v1alpha1.Verdict{"", "completed", "BrandNew"} {
		if got := ClassOf(verdict); got != InfrastructureError {
			t.Errorf("ClassOf(%q) = %s, want %s", verdict, got, InfrastructureError)
		}
	}
}

// endedRun is a run that has ended.
func endedRun(verdict v1alpha1.Verdict, message string, change func(*v1alpha1.StrategyRun)) *v1alpha1.StrategyRun {
	run := &v1alpha1.StrategyRun{
		ObjectMeta: metav1.ObjectMeta{Namespace: "loop", Name: "momentum-1"},
		Spec:       v1alpha1.StrategyRunSpec{StrategyID: "gen1/momentum"},
	}
	succeeded := metav1.ConditionFalse
	if verdict == v1alpha1.VerdictCompleted {
		succeeded = metav1.ConditionTrue
	}
	run.Status.ExecutedMode = v1alpha1.ModeSandbox
	run.Status.Conditions = []metav1.Condition{
		{Type: v1alpha1.ConditionFinished, Status: metav1.ConditionTrue, Reason: string(verdict)},
		{Type: v1alpha1.ConditionSucceeded, Status: succeeded, Reason: string(verdict), Message: message},
	}
	if change != nil {
		change(run)
	}
	return run
}

func scoredWith(metrics map[string]string) func(*v1alpha1.StrategyRun) {
	return func(run *v1alpha1.StrategyRun) { run.Status.Result = &v1alpha1.Result{Metrics: metrics} }
}

func TestOutcomeOfARun(t *testing.T) {
	base := Outcome{Strategy: "gen1/momentum", Run: "momentum-1", Mode: v1alpha1.ModeSandbox}
	of := func(change func(*Outcome)) Outcome {
		o := base
		change(&o)
		return o
	}
	finding := &v1alpha1.GateFinding{Rule: "import", Line: ptr.To[int32](1), Message: "os is out of reach"}
	denied := []v1alpha1.Violation{{Syscall: "socket", Count: ptr.To[int64](3)}}
	timings := v1alpha1.Timings{ExecutionMillis: ptr.To[int64](21), TotalMillis: ptr.To[int64](3100)}

	for name, test := range map[string]struct {
		run  *v1alpha1.StrategyRun
		want Outcome
	}{
		"a scored run has its metrics as numbers and its timings": {
			endedRun(v1alpha1.VerdictCompleted, "scored", func(run *v1alpha1.StrategyRun) {
				run.Status.Result = &v1alpha1.Result{
					Metrics: map[string]string{"daily_sharpe": "1.31", "max_drawdown": "-0.22", "trades": "1e3"}, Timings: &timings,
				}
			}),
			of(func(o *Outcome) {
				o.Class, o.Verdict, o.Reason, o.Timings = Scored, v1alpha1.VerdictCompleted, "scored", timings
				o.Metrics = map[string]float64{"daily_sharpe": 1.31, "max_drawdown": -0.22, "trades": 1000}
			}),
		},
		"a rejected strategy is skipped and says where": {
			endedRun(v1alpha1.VerdictASTRejected, "line 1: os is out of reach", func(run *v1alpha1.StrategyRun) { run.Status.Gate = finding }),
			of(func(o *Outcome) {
				o.Class, o.Verdict, o.Reason, o.Gate = Skip, v1alpha1.VerdictASTRejected, "line 1: os is out of reach", finding
			}),
		},
		"a violation is skipped and named, and metrics beside it are not believed": {
			endedRun(v1alpha1.VerdictSecurityViolation, "socket was denied", func(run *v1alpha1.StrategyRun) {
				run.Status.Violations, run.Status.ViolationCount = denied, ptr.To[int64](4)
				run.Status.Result = &v1alpha1.Result{Metrics: map[string]string{"daily_sharpe": "9"}}
			}),
			of(func(o *Outcome) {
				o.Class, o.Verdict, o.Reason = Skip, v1alpha1.VerdictSecurityViolation, "socket was denied"
				o.Violations, o.ViolationCount = denied, 4
			}),
		},
		"a run that fell back says how its first attempt in the sandbox ended": {
			endedRun(v1alpha1.VerdictCompleted, "scored", func(run *v1alpha1.StrategyRun) {
				scoredWith(map[string]string{"trades": "7"})(run)
				run.Status.ExecutedMode = v1alpha1.ModeASTOnly
				run.Status.Attempts = []v1alpha1.Attempt{
					{Mode: v1alpha1.ModeSandbox, Verdict: v1alpha1.VerdictImagePullFailed, Message: "no such image"},
					{Mode: v1alpha1.ModeSandbox, Verdict: v1alpha1.VerdictPodLost, Message: "the Pod is gone"},
					{Mode: v1alpha1.ModeASTOnly, Verdict: v1alpha1.VerdictCompleted},
				}
			}),
			of(func(o *Outcome) {
				o.Class, o.Verdict, o.Reason, o.Mode = Scored, v1alpha1.VerdictCompleted, "scored", v1alpha1.ModeASTOnly
				o.FellBack, o.SandboxVerdict, o.SandboxReason = true, v1alpha1.VerdictImagePullFailed, "no such image"
				o.Metrics = map[string]float64{"trades": 7}
			}),
		},
		"a run that asked for AST-only did not fall back": {
			endedRun(v1alpha1.VerdictStrategyError, "ZeroDivisionError", func(run *v1alpha1.StrategyRun) {
				run.Status.ExecutedMode = v1alpha1.ModeASTOnly
				run.Status.Attempts = []v1alpha1.Attempt{{Mode: v1alpha1.ModeASTOnly}}
			}),
			of(func(o *Outcome) {
				o.Class, o.Verdict, o.Reason, o.Mode = Skip, v1alpha1.VerdictStrategyError, "ZeroDivisionError", v1alpha1.ModeASTOnly
			}),
		},
		"a sandbox that was retried with success did not fall back": {
			endedRun(v1alpha1.VerdictStrategyError, "KeyError", func(run *v1alpha1.StrategyRun) {
				run.Status.Attempts = []v1alpha1.Attempt{{Mode: v1alpha1.ModeSandbox, Verdict: v1alpha1.VerdictPodLost}, {Mode: v1alpha1.ModeSandbox}}
			}),
			of(func(o *Outcome) { o.Class, o.Verdict, o.Reason = Skip, v1alpha1.VerdictStrategyError, "KeyError" }),
		},
		"a metric that is no number spoils the score": {
			endedRun(v1alpha1.VerdictCompleted, "scored", scoredWith(map[string]string{"daily_sharpe": "high"})),
			of(func(o *Outcome) {
				o.Class, o.Verdict = InfrastructureError, v1alpha1.VerdictCompleted
				o.Reason = `status.result.metrics.daily_sharpe is "high", which is not a number`
			}),
		},
		"not a number is no number": {
			endedRun(v1alpha1.VerdictCompleted, "scored", scoredWith(map[string]string{"calmar": "NaN"})),
			of(func(o *Outcome) {
				o.Class, o.Verdict = InfrastructureError, v1alpha1.VerdictCompleted
				o.Reason = `status.result.metrics.calmar is "NaN", which is not a number`
			}),
		},
		"infinity is no number": {
			endedRun(v1alpha1.VerdictCompleted, "scored", scoredWith(map[string]string{"calmar": "-Inf"})),
			of(func(o *Outcome) {
				o.Class, o.Verdict = InfrastructureError, v1alpha1.VerdictCompleted
				o.Reason = `status.result.metrics.calmar is "-Inf", which is not a number`
			}),
		},
		"a completed run without a result has no score": {
			endedRun(v1alpha1.VerdictCompleted, "scored", nil),
			of(func(o *Outcome) {
				o.Class, o.Verdict, o.Reason = InfrastructureError, v1alpha1.VerdictCompleted, "the run is Completed but has no metrics"
			}),
		},
		"a verdict of a newer Stratbox is the infrastructure's, with what it said": {
			endedRun("BrandNew", "something new", nil),
			of(func(o *Outcome) { o.Class, o.Verdict, o.Reason = InfrastructureError, "BrandNew", "something new" }),
		},
		"a run without a strategyID is named by its name": {
			endedRun(v1alpha1.VerdictOOMKilled, "too much", func(run *v1alpha1.StrategyRun) { run.Spec.StrategyID = "" }),
			of(func(o *Outcome) {
				o.Strategy, o.Class, o.Verdict, o.Reason = "momentum-1", Skip, v1alpha1.VerdictOOMKilled, "too much"
			}),
		},
		"a run that has not ended has no verdict": {
			endedRun("Running", "", func(run *v1alpha1.StrategyRun) { run.Status.Conditions[0].Status = metav1.ConditionFalse }),
			of(func(o *Outcome) { o.Class = InfrastructureError }),
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, outcomeOf(test.run)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestClassOfARefusal(t *testing.T) {
	runs := v1alpha1.Resource("strategyruns")
	for name, test := range map[string]struct {
		err  error
		want Class
	}{
		"an invalid strategy is skipped":                  {apierrors.NewInvalid(v1alpha1.GroupVersion.WithKind("StrategyRun").GroupKind(), "x", nil), Skip},
		"a strategy that is too large is skipped":         {apierrors.NewRequestEntityTooLargeError("too large"), Skip},
		"a request that cannot be read is skipped":        {apierrors.NewBadRequest("unknown field"), Skip},
		"missing rights are not the strategy's fault":     {apierrors.NewForbidden(runs, "x", nil), InfrastructureError},
		"a missing namespace is not the strategy's fault": {apierrors.NewNotFound(runs, "x"), InfrastructureError},
		"a taken name is not the strategy's fault":        {ErrNameTaken, InfrastructureError},
	} {
		t.Run(name, func(t *testing.T) {
			refused := &RefusedError{Doing: "submitting StrategyRun loop/x", Cause: test.err}
			got := unevaluated(&v1alpha1.StrategyRun{}, refused)
			if got.Class != test.want || got.Reason != refused.Error() || !errors.Is(refused, test.err) {
				t.Errorf("got %s because of %q, want %s because of %q", got.Class, got.Reason, test.want, refused)
			}
		})
	}
}

func TestAnOutcomeIsARecordInJSON(t *testing.T) {
	run := endedRun(v1alpha1.VerdictCompleted, "scored", scoredWith(map[string]string{"trades": "7"}))
	content, err := json.Marshal(outcomeOf(run))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"index":0,"strategy":"gen1/momentum","run":"momentum-1","class":"Scored","verdict":"Completed","reason":"scored",` +
		`"mode":"Sandbox","fellBack":false,"metrics":{"trades":7}}`
	if diff := cmp.Diff(want, string(content)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
