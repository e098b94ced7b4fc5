package strategyrun

import (
	"context"
	"fmt"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/metrics"
	"github.com/stratbox/stratbox/internal/podspec"
)

// Reconciler executes StrategyRuns. All fields but Executor are required.
type Reconciler struct {
	// Client reads from the cache and writes.
	Client client.Client
	// APIReader reads from the API server.
	APIReader client.Reader
	Clock     clock.Clock
	// Settings returns the installation's settings as they are now.
	Settings func() podspec.Settings
	Events   events.EventRecorder
	// Audit receives one line for each violation, and a warning for each fallback.
	Audit   logr.Logger
	Metrics *metrics.Metrics
	// Executor returns the AST-only executor there is now, nil while there is none.
	Executor func() Executor

	turns   turns
	errands errands
}

// phase is one step on the way of a run. It returns true when nothing is left to do until something changes.
type phase func(context.Context, *scope) (bool, error)

// Reconcile brings one run as far as it can go now.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	run := &v1alpha1.StrategyRun{}
	if err := r.Client.Get(ctx, request.NamespacedName, run); apierrors.IsNotFound(err) {
		return ctrl.Result{}, r.sweep(ctx, request.NamespacedName)
	} else if err != nil {
		return ctrl.Result{}, fmt.Errorf("read run: %w", err)
	}
	s := newScope(run, r.Settings(), r.Clock.Now())
	for _, phase := range []phase{
		r.retire,  // ended or being deleted: remove what is left of it
		r.locate,  // find the Pod of the attempt under way
		r.observe, // has it ended, and why?
		r.obey,    // cancel, suspend
		r.plan,    // how is it to be executed?
		r.accept,  // does everything the run refers to exist?
		r.queue,   // is it its turn?
		r.start,   // create the Pod, or record the attempt for the executor
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
