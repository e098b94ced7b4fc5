package benchmark

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// patience bounds one reconcile, so that an API server that does not answer does not hold the worker for ever.
const patience = 30 * time.Second

// CachedObjects says what the manager keeps in memory: the benchmarks, without what nobody reads.
func CachedObjects() map[client.Object]cache.ByObject {
	return map[client.Object]cache.ByObject{&v1alpha1.Benchmark{}: {Transform: cache.TransformStripManagedFields()}}
}

// SetupWithManager starts the controller with a manager. It is driven by watches alone: of benchmarks, of their runs, and of
// Pods that go. There is one worker, because one benchmark is under way at a time; turn.go rests on it.
func (r *Reconciler) SetupWithManager(mgr ctrl.Manager) error {
	w := &watches{cache: mgr.GetCache()}
	return ctrl.NewControllerManagedBy(mgr).
		Named("benchmark").
		For(&v1alpha1.Benchmark{}).
		Owns(&v1alpha1.StrategyRun{}).
		Watches(&corev1.Pod{}, handler.Funcs{DeleteFunc: w.podGone}).
		Watches(&v1alpha1.Benchmark{}, handler.Funcs{UpdateFunc: w.updated, DeleteFunc: w.deleted}).
		WithOptions(controller.Options{MaxConcurrentReconciles: 1, ReconciliationTimeout: patience}).
		Complete(r)
}

// watches turn events into requests.
type watches struct {
	// cache is read directly: a handler of its events must not wait for it to catch up.
	cache client.Reader
}

type requests = workqueue.TypedRateLimitingInterface[ctrl.Request]

// podGone brings the benchmark back whose run the Pod was of: the end of a half was waited for.
func (w *watches) podGone(ctx context.Context, e event.DeleteEvent, queue requests) {
	owner := metav1.GetControllerOfNoCopy(e.Object)
	if owner == nil || owner.Kind != "StrategyRun" {
		return
	}
	run := &v1alpha1.StrategyRun{}
	if err := w.cache.Get(ctx, client.ObjectKey{Namespace: e.Object.GetNamespace(), Name: owner.Name}, run); err != nil {
		return // Its own deletion was an event.
	}
	if of := metav1.GetControllerOfNoCopy(run); of != nil && of.Kind == benchmarkKind {
		queue.Add(ctrl.Request{NamespacedName: client.ObjectKey{Namespace: run.Namespace, Name: of.Name}})
	}
}

func (w *watches) updated(ctx context.Context, e event.UpdateEvent, queue requests) {
	before, isBenchmark := e.ObjectOld.(*v1alpha1.Benchmark)
	after, stillBenchmark := e.ObjectNew.(*v1alpha1.Benchmark)
	if isBenchmark && stillBenchmark && contends(before) && !contends(after) {
		w.wake(ctx, queue)
	}
}

func (w *watches) deleted(ctx context.Context, e event.DeleteEvent, queue requests) {
	if bench, isBenchmark := e.Object.(*v1alpha1.Benchmark); isBenchmark && contends(bench) {
		w.wake(ctx, queue)
	}
}

// contends reports whether others wait for a benchmark.
func contends(bench *v1alpha1.Benchmark) bool { return underway(bench) || waiting(bench) }

// wake brings all benchmarks back that wait: one of them is next, and the others tell for whom they wait from now on.
func (w *watches) wake(ctx context.Context, queue requests) {
	list := &v1alpha1.BenchmarkList{}
	if err := w.cache.List(ctx, list, client.UnsafeDisableDeepCopy); err != nil {
		// The cache of a manager that is ending; its successor sees every benchmark when it starts.
		ctrl.LoggerFrom(ctx).Error(err, "cannot tell whose turn it is")
		return
	}
	for i := range list.Items {
		if waiting(&list.Items[i]) {
			queue.Add(ctrl.Request{NamespacedName: client.ObjectKeyFromObject(&list.Items[i])})
		}
	}
}
