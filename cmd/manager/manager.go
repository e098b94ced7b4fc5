package main

import (
	"context"
	"fmt"
	"maps"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	crmetrics "sigs.k8s.io/controller-runtime/pkg/metrics"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/stratbox/stratbox/controllers/configuration"
	"github.com/stratbox/stratbox/controllers/strategyrun"
	"github.com/stratbox/stratbox/internal/metrics"
	"github.com/stratbox/stratbox/internal/podspec"
)

// eventSource is the reporting controller of Events.
const eventSource = "stratbox.dev/manager"

func newManager(restConfig *rest.Config, scheme *runtime.Scheme, o options) (ctrl.Manager, error) {
	objects := strategyrun.CachedObjects()
	maps.Copy(objects, configuration.CachedObjects(o.namespace))
	manager, err := ctrl.NewManager(restConfig, ctrl.Options{
		Scheme:                 scheme,
		Cache:                  cache.Options{ByObject: objects, ReaderFailOnMissingInformer: true},
		Metrics:                metricsserver.Options{BindAddress: o.metricsAddress},
		HealthProbeBindAddress: o.healthAddress,
		LeaderElection:         o.leaderElection,
		LeaderElectionID:       "stratbox-manager",
		// The process ends when it stops leading, so its successor need not wait for the lease to run out.
		LeaderElectionReleaseOnCancel: true,
		LeaderElectionNamespace:       o.namespace,
		// A reconcile sees what the one before it wrote, so that no write is wasted on a decision that is out of date.
		// Correctness does not rest on it: see package strategyrun.
		Client: client.Options{Cache: &client.CacheOptions{EnableReadYourWritesConsistency: ptr.To(true)}},
	})
	if err != nil {
		return nil, fmt.Errorf("create manager: %w", err)
	}
	if err := manager.AddHealthzCheck("ping", healthz.Ping); err != nil {
		return nil, fmt.Errorf("add health check: %w", err)
	}
	if err := manager.AddReadyzCheck("ping", healthz.Ping); err != nil {
		return nil, fmt.Errorf("add readiness check: %w", err)
	}
	return manager, nil
}

func setupControllers(ctx context.Context, manager ctrl.Manager, logger logr.Logger, store *configuration.Store, profile string) error {
	collectors := metrics.New(crmetrics.Registry, metrics.DeniedSyscalls)
	changed := make(chan event.GenericEvent, 1)
	recorder := manager.GetEventRecorder(eventSource)
	runs := &strategyrun.Reconciler{
		Client:    manager.GetClient(),
		APIReader: manager.GetAPIReader(),
		Clock:     clock.RealClock{},
		Settings: func() podspec.Settings {
			return podspec.Settings{Config: store.Current(), SeccompProfile: profile}
		},
		Events:  recorder,
		Audit:   logger.WithName("audit"),
		Metrics: collectors,
	}
	if err := runs.SetupWithManager(manager, changed); err != nil {
		return fmt.Errorf("set up controller of runs: %w", err)
	}
	following := &configuration.Reconciler{
		Client:  manager.GetClient(),
		Clock:   clock.RealClock{},
		Store:   store,
		Events:  recorder,
		Metrics: collectors,
		Changed: changed,
	}
	if err := following.SetupWithManager(manager); err != nil {
		return fmt.Errorf("set up controller of the configuration: %w", err)
	}
	registerQueue(ctx, manager, runs)
	return nil
}

func registerQueue(ctx context.Context, manager ctrl.Manager, runs *strategyrun.Reconciler) {
	metrics.RegisterQueue(crmetrics.Registry, func() float64 {
		waiting, _ := runs.Standing(ctx, manager.GetCache())
		return float64(waiting)
	}, func() float64 {
		_, running := runs.Standing(ctx, manager.GetCache())
		return float64(running)
	})
}
