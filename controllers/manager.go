// Package controllers puts the controllers together into one manager.
package controllers

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/controllers/benchmark"
	"github.com/stratbox/stratbox/controllers/configuration"
	"github.com/stratbox/stratbox/controllers/executor"
	"github.com/stratbox/stratbox/controllers/strategyrun"
	"github.com/stratbox/stratbox/internal/metrics"
	"github.com/stratbox/stratbox/internal/podspec"
)

// eventSource is the reporting controller of Events.
const eventSource = "stratbox.dev/manager"

// Options are what a manager is started with.
type Options struct {
	// MetricsAddress and HealthAddress are host:port; "0" serves nothing.
	MetricsAddress string
	HealthAddress  string
	// LeaderElection lets one of several replicas act at a time.
	LeaderElection bool
	// Namespace is the manager's own: it holds the configuration and the lease.
	Namespace string
	// PodName of the manager; empty outside of a Pod.
	PodName string
	// ExecutorAddress is where the AST-only executor is, as host:port. Empty: where its Service says, if there is one.
	ExecutorAddress string
	// SeccompProfile of run Pods, below the kubelet's seccomp folder.
	SeccompProfile string
	// Version of the manager, which benchmarks record.
	Version string
	Logger  logr.Logger
	// Registry receives the collectors.
	Registry prometheus.Registerer
}

// NewScheme returns a scheme of all kinds that the manager reads and writes.
func NewScheme() (*runtime.Scheme, error) {
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return nil, fmt.Errorf("register kinds of Kubernetes: %w", err)
	}
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, fmt.Errorf("register kinds of Stratbox: %w", err)
	}
	return scheme, nil
}

// NewManager returns a manager that executes runs once it is started. It reads the configuration first and refuses to
// come up with one that is not valid: a manager that starts must not do so with other limits than were asked for.
func NewManager(ctx context.Context, restConfig *rest.Config, o Options) (ctrl.Manager, error) {
	scheme, err := NewScheme()
	if err != nil {
		return nil, err
	}
	reader, err := client.New(restConfig, client.Options{Scheme: scheme})
	if err != nil {
		return nil, fmt.Errorf("connect to the API server: %w", err)
	}
	initial, err := configuration.Read(ctrl.LoggerInto(ctx, o.Logger), reader, o.Namespace)
	if err != nil {
		return nil, err
	}
	options := managerOptions(scheme, o)
	if options.LeaderElectionResourceLockInterface, err = leadership(restConfig, o); err != nil {
		return nil, err
	}
	manager, err := ctrl.NewManager(restConfig, options)
	if err != nil {
		return nil, fmt.Errorf("create manager: %w", err)
	}
	if err := manager.AddHealthzCheck("ping", healthz.Ping); err != nil {
		return nil, fmt.Errorf("add health check: %w", err)
	}
	if err := manager.AddReadyzCheck("ping", healthz.Ping); err != nil {
		return nil, fmt.Errorf("add readiness check: %w", err)
	}
	return manager, setUp(ctx, manager, o, configuration.NewStore(initial))
}

func managerOptions(scheme *runtime.Scheme, o Options) ctrl.Options {
	objects := strategyrun.CachedObjects()
	maps.Copy(objects, benchmark.CachedObjects())
	maps.Copy(objects, configuration.CachedObjects(o.Namespace))
	maps.Copy(objects, executor.CachedObjects(o.Namespace))
	return ctrl.Options{
		Scheme: scheme,
		Logger: o.Logger,
		// A kind that is not meant to be cached is an error, not another watch.
		Cache:                   cache.Options{ByObject: objects, ReaderFailOnMissingInformer: true},
		Metrics:                 metricsserver.Options{BindAddress: o.MetricsAddress},
		HealthProbeBindAddress:  o.HealthAddress,
		LeaderElection:          o.LeaderElection,
		LeaderElectionID:        leaseName,
		LeaderElectionNamespace: o.Namespace,
		LeaseDuration:           ptr.To(leaseDuration),
		RenewDeadline:           ptr.To(renewDeadline),
		RetryPeriod:             ptr.To(retryPeriod),
		// The process ends when it stops leading, so its successor need not wait for the lease to run out.
		LeaderElectionReleaseOnCancel: true,
		// A reconcile sees what the one before it wrote, so that no write is wasted on a decision that is out of date.
		// Correctness does not rest on it: see package strategyrun.
		Client: client.Options{Cache: &client.CacheOptions{EnableReadYourWritesConsistency: ptr.To(true)}},
	}
}

func setUp(ctx context.Context, manager ctrl.Manager, o Options, store *configuration.Store) error {
	collectors := metrics.New(o.Registry, metrics.DeniedSyscalls)
	changed := make(chan event.GenericEvent, 1)
	recorder := manager.GetEventRecorder(eventSource)
	link := &executor.Link{}
	runs := &strategyrun.Reconciler{
		Client:    manager.GetClient(),
		APIReader: manager.GetAPIReader(),
		Clock:     clock.RealClock{},
		Settings: func() podspec.Settings {
			return podspec.Settings{Config: store.Current(), SeccompProfile: o.SeccompProfile}
		},
		Events:  recorder,
		Audit:   o.Logger.WithName("audit"),
		Metrics: collectors,
		Executor: func() strategyrun.Executor {
			if connection := link.Connection(); connection != nil {
				return connection
			}
			return nil
		},
	}
	if err := runs.SetupWithManager(manager, changed); err != nil {
		return fmt.Errorf("set up the controller of runs: %w", err)
	}
	if err := benchmarks(manager, o, store, recorder, collectors).SetupWithManager(manager); err != nil {
		return fmt.Errorf("set up the controller of benchmarks: %w", err)
	}
	reaching := &executor.Reconciler{
		Client: manager.GetClient(), Clock: clock.RealClock{}, Events: recorder, Link: link,
		Namespace: o.Namespace, Address: o.ExecutorAddress,
	}
	if err := reaching.SetupWithManager(manager); err != nil {
		return fmt.Errorf("set up the controller of the executor: %w", err)
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
		return fmt.Errorf("set up the controller of the configuration: %w", err)
	}
	metrics.RegisterQueue(o.Registry, func() (waiting, running int) { return runs.Standing(ctx, manager.GetCache()) })
	return nil
}

func benchmarks(manager ctrl.Manager, o Options, store *configuration.Store, recorder events.EventRecorder, collectors *metrics.Metrics) *benchmark.Reconciler {
	return &benchmark.Reconciler{
		Client:    manager.GetClient(),
		APIReader: manager.GetAPIReader(),
		Clock:     clock.RealClock{},
		Config:    store.Current,
		ConfigMap: client.ObjectKey{Namespace: o.Namespace, Name: configuration.ConfigMapName},
		Version:   o.Version,
		// What every reader of JSON can hold.
		DrawSeed: func() int64 { return rand.Int64N(1 << 53) },
		Events:   recorder,
		Metrics:  collectors,
	}
}
