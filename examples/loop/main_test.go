package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clienttesting "k8s.io/client-go/testing"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/client"
	"github.com/stratbox/stratbox/client/clientset/fake"
)

// ends says how the cluster of this test ends the runs of a strategy.
var ends = map[string]v1alpha1.StrategyRunStatus{
	"breakout": {
		ExecutedMode: v1alpha1.ModeSandbox,
		Result:       &v1alpha1.Result{Metrics: map[string]string{"daily_sharpe": "1.25", "total_return": "0.5"}},
		Conditions:   []metav1.Condition{{Type: v1alpha1.ConditionFinished, Status: metav1.ConditionTrue, Reason: "Completed"}},
	},
	"dividends": {
		ExecutedMode: v1alpha1.ModeASTOnly,
		Result:       &v1alpha1.Result{Metrics: map[string]string{"daily_sharpe": "0.5"}},
		Attempts:     []v1alpha1.Attempt{{Mode: v1alpha1.ModeSandbox, Verdict: v1alpha1.VerdictImagePullFailed}},
		Conditions:   []metav1.Condition{{Type: v1alpha1.ConditionFinished, Status: metav1.ConditionTrue, Reason: "Completed"}},
	},
	"intruder": {
		Conditions: []metav1.Condition{
			{Type: v1alpha1.ConditionFinished, Status: metav1.ConditionTrue, Reason: "ASTRejected"},
			{Type: v1alpha1.ConditionSucceeded, Status: metav1.ConditionFalse, Message: strings.Repeat("字", 91)},
		},
	},
}

func TestTheLoopGoesOnWhateverBecomesOfAStrategy(t *testing.T) {
	clients := fake.NewSimpleClientset()
	clients.PrependReactor("create", "*", func(action clienttesting.Action) (bool, runtime.Object, error) {
		run := action.(clienttesting.CreateAction).GetObject().(*v1alpha1.StrategyRun).DeepCopy()
		run.Status = ends[run.Spec.StrategyID]
		return true, run, nil
	})
	strategies := []client.Strategy{{ID: "breakout"}, {ID: "dividends"}, {ID: "intruder"}}
	var out, journal strings.Builder
	err := loop(t.Context(), client.New(clients, client.Options{}), repeat(strategies, 5, "test"), 5, 1, &out, &journal)
	if err != nil {
		t.Fatal(err)
	}
	untimed := out.String()[:strings.LastIndex(out.String(), " in ")]
	want := strings.Join([]string{
		"[1/5] breakout         Completed             0.0 s  Sandbox: sharpe 1.25, return 50.0 %",
		"[2/5] dividends        Completed             0.0 s  ASTOnly (the sandbox ended with ImagePullFailed): sharpe 0.50, return 0.0 %",
		"[3/5] intruder         ASTRejected           0.0 s  not executed: " + strings.Repeat("字", 90) + "…",
		"[4/5] breakout         Completed             0.0 s  Sandbox: sharpe 1.25, return 50.0 %",
		"[5/5] dividends        Completed             0.0 s  ASTOnly (the sandbox ended with ImagePullFailed): sharpe 0.50, return 0.0 %",
		"",
		"Scored                 4  Completed 4",
		"Skip                   1  ASTRejected 1",
		"InfrastructureError    0",
		"Without the sandbox       ImagePullFailed 2",
		"Best: breakout, sharpe 1.25",
		"5 iterations",
	}, "\n")
	if diff := cmp.Diff(want, untimed); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}

	lines := strings.Split(strings.TrimSpace(journal.String()), "\n")
	var second client.Outcome
	if err := json.Unmarshal([]byte(lines[1]), &second); err != nil {
		t.Fatal(err)
	}
	record := client.Outcome{
		Index: 1, Strategy: "dividends", Run: "test-1", Class: client.Scored, Verdict: v1alpha1.VerdictCompleted, Mode: v1alpha1.ModeASTOnly,
		FellBack: true, SandboxVerdict: v1alpha1.VerdictImagePullFailed, Metrics: map[string]float64{"daily_sharpe": 0.5},
	}
	if diff := cmp.Diff(record, second); diff != "" || len(lines) != 5 {
		t.Errorf("%d lines; -want +got:\n%s", len(lines), diff)
	}
}

func TestReadTakesThePythonFilesOfAFolder(t *testing.T) {
	strategies, err := read("strategies")
	if err != nil {
		t.Fatal(err)
	}
	for _, strategy := range strategies {
		if strategy.Source == "" || strings.Contains(strategy.ID, ".") {
			t.Errorf("%q has %d bytes of code", strategy.ID, len(strategy.Source))
		}
	}
	if _, err := read(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no *.py in") {
		t.Errorf("an empty folder: %v", err)
	}
}
