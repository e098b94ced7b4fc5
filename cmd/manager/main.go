// Command manager runs Stratbox's controllers.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/controllers/configuration"
	"github.com/stratbox/stratbox/internal/config"
)

// version is set by the build.
var version = "unknown"

type options struct {
	metricsAddress string
	healthAddress  string
	leaderElection bool
	namespace      string
	profile        string
}

func main() {
	var o options
	flag.StringVar(&o.metricsAddress, "metrics-bind-address", ":8080", "where to serve metrics over plain HTTP; 0 serves none")
	flag.StringVar(&o.healthAddress, "health-probe-bind-address", ":8081", "where to serve /healthz and /readyz")
	flag.BoolVar(&o.leaderElection, "leader-elect", true, "let one of several replicas act at a time")
	flag.StringVar(&o.namespace, "namespace", os.Getenv("POD_NAMESPACE"), "the manager's own namespace, which holds its configuration and its lease")
	flag.StringVar(&o.profile, "seccomp-profile", "stratbox/strategy.json", "the seccomp profile of run Pods, below the kubelet's seccomp folder")
	logging := zap.Options{}
	logging.BindFlags(flag.CommandLine)
	flag.Parse()
	logger := zap.New(zap.UseFlagOptions(&logging))
	ctrl.SetLogger(logger)
	if err := run(ctrl.SetupSignalHandler(), logger, o); err != nil {
		logger.Error(err, "the manager ended")
		os.Exit(1)
	}
}

func run(ctx context.Context, logger logr.Logger, o options) error {
	if o.namespace == "" {
		return fmt.Errorf("--namespace is empty; set it, or the environment variable POD_NAMESPACE")
	}
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return fmt.Errorf("register kinds of Kubernetes: %w", err)
	}
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return fmt.Errorf("register kinds of Stratbox: %w", err)
	}
	restConfig, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("find the API server: %w", err)
	}
	initial, err := readConfig(ctx, restConfig, scheme, o.namespace)
	if err != nil {
		return err
	}
	manager, err := newManager(restConfig, scheme, o)
	if err != nil {
		return err
	}
	if err := setupControllers(ctx, manager, logger, configuration.NewStore(initial), o.profile); err != nil {
		return err
	}
	logger.Info("starting", "version", version, "namespace", o.namespace)
	return manager.Start(ctx)
}

func readConfig(ctx context.Context, restConfig *rest.Config, scheme *runtime.Scheme, namespace string) (config.Config, error) {
	reader, err := client.New(restConfig, client.Options{Scheme: scheme})
	if err != nil {
		return config.Config{}, fmt.Errorf("connect to the API server: %w", err)
	}
	return configuration.Read(ctx, reader, namespace)
}
