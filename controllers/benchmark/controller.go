package benchmark

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/config"
	"github.com/stratbox/stratbox/internal/metrics"
)

// Reconciler executes Benchmarks. All fields are required.
type Reconciler struct {
	// Client reads from the cache and writes.
	Client client.Client
	// APIReader reads from the API server.
	APIReader client.Reader
	Clock     clock.PassiveClock
	// Config returns the operator's configuration as it is now.
	Config func() config.Config
	// ConfigMap holds the operator's configuration; decisions are applied to it.
	ConfigMap client.ObjectKey
	// Version is the manager's own.
	Version string
	// DrawSeed returns a random number that is not negative.
	DrawSeed func() int64
	Events   events.EventRecorder
	Metrics  *metrics.Metrics

	witnesses witnesses
}

// phase is one step on the way of a benchmark. It returns true when nothing is left to do until something changes.
type phase func(context.Context, *scope) (bool, error)

// Reconcile brings one benchmark as far as it can go now.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	bench := &v1alpha1.Benchmark{}
	if err := r.Client.Get(ctx, request.NamespacedName, bench); apierrors.IsNotFound(err) {
		// Its runs are its own: they go with it.
		r.witnesses.forget(request.NamespacedName)
		return ctrl.Result{}, nil
	} else if err != nil {
		return ctrl.Result{}, fmt.Errorf("read benchmark: %w", err)
	}
	s := newScope(bench, r.witnesses.of(bench), r.Clock.Now())
	for _, phase := range []phase{
		r.rest,    // ended or being deleted: nothing is left to do
		r.obey,    // cancel, deadline
		r.accept,  // does everything it refers to exist?
		r.turn,    // is it its turn?
		r.test,    // does the sandbox do what it promises?
		r.warmUp,  // pairs that nobody measures
		r.measure, // one half of a pair, or what a finished pair says
	} {
		done, err := phase(ctx, s)
		if err != nil {
			return ctrl.Result{}, err
		}
		if done {
			break
		}
	}
	if err := r.publish(ctx, s); err != nil {
		return ctrl.Result{}, err
	}
	return ctrl.Result{RequeueAfter: s.requeueAfter}, nil
}

// rest leaves a benchmark alone that has ended or is being deleted.
func (r *Reconciler) rest(_ context.Context, s *scope) (bool, error) {
	over := s.bench.DeletionTimestamp != nil || finished(s.bench)
	if over {
		r.witnesses.forget(client.ObjectKeyFromObject(s.bench))
	}
	return over, nil
}
