package client

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stratbox/stratbox/api/v1alpha1"
	typed "github.com/stratbox/stratbox/client/clientset/typed/api/v1alpha1"
)

// creations is an API server that is asked for nothing but creations, by several callers at once.
type creations struct {
	typed.StrategyRunInterface
	create func(context.Context, *v1alpha1.StrategyRun) (*v1alpha1.StrategyRun, error)
}

func (c creations) Create(ctx context.Context, run *v1alpha1.StrategyRun, _ metav1.CreateOptions) (*v1alpha1.StrategyRun, error) {
	return c.create(ctx, run)
}

// rejected is a run that ended as soon as it was there.
func rejected(run *v1alpha1.StrategyRun) *v1alpha1.StrategyRun {
	run = run.DeepCopy()
	run.Status.Conditions = endedRun(v1alpha1.VerdictASTRejected, "line 1", nil).Status.Conditions
	return run
}

func numbered(count int) iter.Seq[Strategy] {
	return func(yield func(Strategy) bool) {
		for i := range count {
			if !yield(Strategy{ID: fmt.Sprintf("s%d", i), Source: "code"}) {
				return
			}
		}
	}
}

func TestEvaluateAllReportsEveryStrategyOnceWhateverBecomesOfIt(t *testing.T) {
	e := newServer(t).evaluator(nil)
	e.runs = creations{create: func(_ context.Context, run *v1alpha1.StrategyRun) (*v1alpha1.StrategyRun, error) {
		if run.Spec.StrategyID == "s3" {
			return nil, errInvalid
		}
		return rejected(run), nil
	}}
	var got []string
	err := e.EvaluateAll(t.Context(), numbered(6), 3, func(outcome Outcome) {
		got = append(got, fmt.Sprintf("%d %s %s", outcome.Index, outcome.Strategy, outcome.Verdict))
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	want := []string{"0 s0 ASTRejected", "1 s1 ASTRejected", "2 s2 ASTRejected", "3 s3 ", "4 s4 ASTRejected", "5 s5 ASTRejected"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestEvaluateAllEvaluatesAsManyAtATimeAsItMay(t *testing.T) {
	for name, test := range map[string]struct{ parallelism, want int }{
		"one":               {1, 1},
		"three":             {3, 3},
		"none, that is one": {0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			var mutex sync.Mutex
			inFlight, most := 0, 0
			full := make(chan struct{})
			e := newServer(t).evaluator(nil)
			e.runs = creations{create: func(_ context.Context, run *v1alpha1.StrategyRun) (*v1alpha1.StrategyRun, error) {
				mutex.Lock()
				if inFlight++; inFlight == test.want && most < test.want {
					close(full)
				}
				most = max(most, inFlight)
				mutex.Unlock()
				<-full // Nobody goes on before as many as may be under way are.
				mutex.Lock()
				inFlight--
				mutex.Unlock()
				return rejected(run), nil
			}}
			if err := e.EvaluateAll(t.Context(), numbered(12), test.parallelism, func(Outcome) {}); err != nil {
				t.Fatal(err)
			}
			if most != test.want {
				t.Errorf("%d at a time, want %d", most, test.want)
			}
		})
	}
}

func TestEvaluateAllEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	e := newServer(t).evaluator(nil)
	e.runs = creations{create: func(ctx context.Context, run *v1alpha1.StrategyRun) (*v1alpha1.StrategyRun, error) {
		if run.Spec.StrategyID == "s0" {
			return rejected(run), nil
		}
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	taken := 0
	endless := func(yield func(Strategy) bool) {
		for strategy := range numbered(1 << 30) {
			if taken++; !yield(strategy) {
				return
			}
		}
	}
	var reported []string
	err := e.EvaluateAll(ctx, endless, 2, func(outcome Outcome) {
		reported = append(reported, outcome.Strategy)
		cancel()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	if diff := cmp.Diff([]string{"s0"}, reported); diff != "" {
		t.Errorf("reported: -want +got:\n%s", diff)
	}
	// Two under way, one that took the place of the first, and one that waited for a place.
	if taken > 4 {
		t.Errorf("%d strategies were taken", taken)
	}
}

func TestEvaluateAllTellsWhenTheContextEndedUnderTheLastStrategies(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	e := newServer(t).evaluator(nil)
	e.runs = creations{create: func(context.Context, *v1alpha1.StrategyRun) (*v1alpha1.StrategyRun, error) {
		cancel()
		return nil, errNetwork
	}}
	err := e.EvaluateAll(ctx, numbered(1), 2, func(outcome Outcome) { t.Errorf("reported: %+v", outcome) })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestConnectTakesTheClusterOfTheEnvironment(t *testing.T) {
	const kubeconfig = `{apiVersion: v1, kind: Config, current-context: here,
		contexts: [{name: here, context: {cluster: here}}],
		clusters: [{name: here, cluster: {server: %s}}]}`
	for name, test := range map[string]struct {
		server string
		fails  bool
	}{
		"a cluster":                       {`"https://203.0.113.1:6443"`, false},
		"an address that cannot be one":   {`"https://[::1"`, true},
		"a file that is not a kubeconfig": {"]", true},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "config")
			if err := os.WriteFile(file, fmt.Appendf(nil, kubeconfig, test.server), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Setenv("KUBECONFIG", file)
			evaluator, err := Connect(Options{Namespace: "loop"})
			if failed := err != nil; failed != test.fails || failed != (evaluator == nil) {
				t.Errorf("got %v, %v", evaluator, err)
			}
		})
	}
}
