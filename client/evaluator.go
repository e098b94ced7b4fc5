package client

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/client/clientset"
	typed "github.com/stratbox/stratbox/client/clientset/typed/api/v1alpha1"
)

// Evaluator evaluates strategies in one namespace. Its methods may be called by several goroutines at once.
type Evaluator struct {
	options Options
	runs    typed.StrategyRunInterface
	log     *slog.Logger
	// backoff is how long to wait before asking again.
	backoff wait.Backoff
}

// New evaluates with a clientset. Its rate limit bounds how many strategies can be submitted in a second.
func New(clients clientset.Interface, options Options) *Evaluator {
	if options.Namespace == "" {
		options.Namespace = DefaultNamespace
	}
	log := options.Logger
	if log == nil {
		log = slog.Default()
	}
	return &Evaluator{
		options: options,
		runs:    clients.StratboxV1alpha1().StrategyRuns(options.Namespace),
		log:     log,
		backoff: defaultBackoff,
	}
}

// Connect evaluates on the cluster that kubectl would talk to: that of KUBECONFIG, of ~/.kube/config, or the one this
// program runs in. It makes no request yet.
func Connect(options Options) (*Evaluator, error) {
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		clientcmd.NewDefaultClientConfigLoadingRules(), nil).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("finding a cluster: %w", err)
	}
	// The API server shares itself out among its clients; a limit of five requests a second on top would only hold up
	// those who evaluate many strategies at once.
	config.QPS = -1
	clients, err := clientset.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("making a client for %s: %w", config.Host, err)
	}
	return New(clients, options), nil
}

// Evaluate submits a strategy, waits for its verdict and returns what became of it.
//
// If a StrategyRun of the same name and spec exists, that one is waited for. If it evaluates something else, the error
// is a *RefusedError with the cause ErrNameTaken.
//
// The error is not nil if the context ended (errors.Is tells which way) or if the API server refuses the request (a
// *RefusedError: an invalid strategy, missing rights, no such namespace). When the context ends the run goes on; to
// evaluate the same strategy again is to wait for it again. The outcome says as much as is known in any case.
func (e *Evaluator) Evaluate(ctx context.Context, strategy Strategy) (Outcome, error) {
	run := e.options.runFor(strategy)
	submitted, err := e.submit(ctx, run)
	if err != nil {
		return unevaluated(run, err), err
	}
	last, err := e.Follow(ctx, submitted, func(*v1alpha1.StrategyRun) {})
	if errors.Is(err, ErrDeleted) {
		return unevaluated(last, err), nil
	}
	if err != nil {
		return unevaluated(last, err), err
	}
	outcome := outcomeOf(last)
	if outcome.FellBack {
		e.log.WarnContext(ctx, "executed without the sandbox, which did not bring the strategy to an end",
			"strategy", outcome.Strategy, "run", outcome.Run, "sandboxVerdict", outcome.SandboxVerdict, "reason", outcome.SandboxReason)
	}
	if e.options.DeleteAfter {
		e.remove(ctx, last)
	}
	return outcome, nil
}

// EvaluateAll evaluates strategies, at most parallelism of them at a time, and calls report with the outcome of each.
//
// Outcomes are reported in the order in which they are known; Outcome.Index tells which strategy one belongs to. report
// is called from several goroutines, but never twice at once. What the API server refuses is reported like any other
// outcome, so that one strategy cannot stop the others.
//
// When the context ends, no more strategies are taken, those under way are given up without a report, and the error says
// that the context ended. Otherwise every strategy has been reported exactly once and the error is nil. A sequence that
// waits for strategies to come must end when the context does.
func (e *Evaluator) EvaluateAll(ctx context.Context, strategies iter.Seq[Strategy], parallelism int, report func(Outcome)) error {
	var workers errgroup.Group
	workers.SetLimit(max(parallelism, 1))
	var reporting sync.Mutex
	index := 0
	for strategy := range strategies {
		if err := ctx.Err(); err != nil {
			_ = workers.Wait() // It has no other reason than the context's end.
			return fmt.Errorf("evaluating strategies: %w", err)
		}
		place := index
		index++
		workers.Go(func() error {
			outcome, err := e.Evaluate(ctx, strategy)
			var refused *RefusedError
			if err != nil && !errors.As(err, &refused) {
				return err
			}
			outcome.Index = place
			reporting.Lock()
			defer reporting.Unlock()
			report(outcome)
			return nil
		})
	}
	return workers.Wait()
}
