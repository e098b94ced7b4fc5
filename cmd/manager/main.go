// Command manager runs Stratbox's controllers.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	crmetrics "sigs.k8s.io/controller-runtime/pkg/metrics"

	seccompprofile "github.com/stratbox/stratbox/config/seccomp"
	"github.com/stratbox/stratbox/controllers"
)

// version is set by the build.
var version = "unknown"

func main() {
	options := controllers.Options{Registry: crmetrics.Registry, SeccompProfile: seccompprofile.LocalhostProfile(), Version: version}
	flag.StringVar(&options.MetricsAddress, "metrics-bind-address", ":8080", "where to serve metrics over plain HTTP; 0 serves none")
	flag.StringVar(&options.HealthAddress, "health-probe-bind-address", ":8081", "where to serve /healthz and /readyz")
	flag.BoolVar(&options.LeaderElection, "leader-elect", true, "let one of several replicas act at a time")
	flag.StringVar(&options.Namespace, "namespace", os.Getenv("POD_NAMESPACE"), "the manager's own namespace, which holds its configuration and its lease")
	flag.StringVar(&options.PodName, "pod-name", os.Getenv("POD_NAME"), "the name of the manager's Pod, in whose name it leads; empty outside of a Pod")
	flag.StringVar(&options.ExecutorAddress, "executor-address", os.Getenv("STRATBOX_EXECUTOR_ADDRESS"), "host:port of the AST-only executor; empty: where the Service stratbox-executor says, if there is one")
	logging := zap.Options{}
	logging.BindFlags(flag.CommandLine)
	flag.Parse()
	options.Logger = zap.New(zap.UseFlagOptions(&logging))
	ctrl.SetLogger(options.Logger)
	if err := run(options); err != nil {
		options.Logger.Error(err, "the manager ended")
		os.Exit(1)
	}
}

func run(options controllers.Options) error {
	if options.Namespace == "" {
		return errors.New("--namespace is empty; set it, or the environment variable POD_NAMESPACE")
	}
	restConfig, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("find the API server: %w", err)
	}
	ctx := ctrl.SetupSignalHandler()
	manager, err := controllers.NewManager(ctx, restConfig, options)
	if err != nil {
		return err
	}
	options.Logger.Info("starting", "version", version, "namespace", options.Namespace)
	return manager.Start(ctx)
}
