package strategyrun

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

const (
	// workers is how many runs are reconciled at one time; each waits for the API server most of the time.
	workers = 8

	// patience bounds one reconcile, so that an API server that does not answer does not hold a worker for ever.
	patience = 30 * time.Second
)

// SetupWithManager starts the controller with a manager. It is driven by watches alone: of runs, of their Pods, of
// configChanged, on which something is sent when the operator's configuration changes, and by what the executor answers.
func (r *Reconciler) SetupWithManager(mgr ctrl.Manager, configChanged <-chan event.GenericEvent) error {
	stop := manager.RunnableFunc(func(ctx context.Context) error {
		<-ctx.Done()
		r.Stop()
		return nil
	})
	if err := mgr.Add(stop); err != nil {
		return fmt.Errorf("end conversations with the manager: %w", err)
	}
	next := &nextInLine{reconciler: r, cache: mgr.GetCache()}
	return ctrl.NewControllerManagedBy(mgr).
		Named("strategyrun").
		For(&v1alpha1.StrategyRun{}).
		Owns(&corev1.Pod{}).
		Watches(&v1alpha1.StrategyRun{}, handler.Funcs{UpdateFunc: next.updated, DeleteFunc: next.deleted}).
		WatchesRawSource(source.Channel(configChanged, handler.Funcs{GenericFunc: next.changed})).
		WatchesRawSource(source.Channel(r.Woken(), &handler.EnqueueRequestForObject{})).
		WithOptions(controller.Options{MaxConcurrentReconciles: workers, ReconciliationTimeout: patience}).
		Complete(r)
}

// nextInLine brings the runs whose turn it is back to the controller when a place may have become free.
type nextInLine struct {
	reconciler *Reconciler
	// cache is read directly: a handler of its events must not wait for it to catch up.
	cache client.Reader
}

type requests = workqueue.TypedRateLimitingInterface[ctrl.Request]

func (n *nextInLine) updated(ctx context.Context, e event.UpdateEvent, queue requests) {
	before, isRun := e.ObjectOld.(*v1alpha1.StrategyRun)
	after, stillRun := e.ObjectNew.(*v1alpha1.StrategyRun)
	if isRun && stillRun && contends(before) && !contends(after) {
		n.wake(ctx, queue)
	}
}

func (n *nextInLine) deleted(ctx context.Context, e event.DeleteEvent, queue requests) {
	if run, isRun := e.Object.(*v1alpha1.StrategyRun); isRun && contends(run) {
		n.wake(ctx, queue)
	}
}

func (n *nextInLine) changed(ctx context.Context, _ event.GenericEvent, queue requests) {
	n.wake(ctx, queue)
}

// contends reports whether a run takes a place or waits for one.
func contends(run *v1alpha1.StrategyRun) bool {
	standing := standingOf([]v1alpha1.StrategyRun{*run}, nil, nil)
	return standing.total+len(standing.waiting) > 0
}

func (n *nextInLine) wake(ctx context.Context, queue requests) {
	runs, pods, err := readStanding(ctx, n.cache)
	if err != nil {
		// The cache of a manager that is ending; its successor sees every waiting run when it starts.
		ctrl.LoggerFrom(ctx).Error(err, "cannot tell whose turn it is")
		return
	}
	limit := int(n.reconciler.Settings().Config.Concurrency.MaxConcurrentRuns)
	for _, run := range n.reconciler.turns.line(runs, pods, limit) {
		queue.Add(ctrl.Request{NamespacedName: run.key})
	}
}

// Standing counts the runs that wait and those under way, for metrics.
func (r *Reconciler) Standing(ctx context.Context, cache client.Reader) (waiting, running int) {
	runs, pods, err := readStanding(ctx, cache)
	if err != nil {
		return 0, 0
	}
	standing := standingOf(runs, pods, nil)
	return len(standing.waiting), standing.total
}
