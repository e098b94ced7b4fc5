package plugin

import (
	"fmt"

	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"

	"github.com/stratbox/stratbox/client"
	"github.com/stratbox/stratbox/client/clientset"
)

const defaultNamespace = client.DefaultNamespace

// cluster is where commands find runs and benchmarks: what kubectl's own flags and the kubeconfig say.
type cluster struct {
	flags   *genericclioptions.ConfigFlags
	streams genericiooptions.IOStreams
}

func newCluster(streams genericiooptions.IOStreams, version string) *cluster {
	c := &cluster{flags: genericclioptions.NewConfigFlags(true), streams: streams}
	// Warnings of the API server are for the authors of programs; here they would stand between lines of progress.
	c.flags.WrapConfigFn = func(config *rest.Config) *rest.Config {
		config.WarningHandler = rest.NoWarnings{}
		config.UserAgent = "kubectl-stratbox/" + version
		return config
	}
	return c
}

// namespace is that of the flag, or else of the context. Where neither names one it is the namespace that an installation
// has for runs: nothing could be executed in the namespace "default", which has no dataset.
func (c *cluster) namespace() (string, error) {
	loader := c.flags.ToRawKubeConfigLoader()
	namespace, overridden, err := loader.Namespace()
	if err != nil {
		return "", c.plain(err)
	}
	if overridden || namespace != "default" {
		return namespace, nil
	}
	raw, err := loader.RawConfig()
	if err != nil {
		return "", c.plain(err)
	}
	name := raw.CurrentContext
	if *c.flags.Context != "" {
		name = *c.flags.Context
	}
	if context, found := raw.Contexts[name]; found && context.Namespace != "" {
		return context.Namespace, nil
	}
	return defaultNamespace, nil
}

func (c *cluster) config() (*rest.Config, error) {
	config, err := c.flags.ToRESTConfig()
	if err != nil {
		return nil, c.plain(err)
	}
	// A person's few requests need no limit of their own.
	config.QPS = -1
	return config, nil
}

// connect returns a client for Stratbox's kinds and the namespace to use.
func (c *cluster) connect() (clientset.Interface, string, error) {
	namespace, err := c.namespace()
	if err != nil {
		return nil, "", err
	}
	config, err := c.config()
	if err != nil {
		return nil, "", err
	}
	clients, err := clientset.NewForConfig(config)
	if err != nil {
		return nil, "", fmt.Errorf("making a client for %s: %w", config.Host, err)
	}
	return clients, namespace, nil
}

// core returns a client for Kubernetes' own kinds.
func (c *cluster) core() (corev1client.CoreV1Interface, error) {
	config, err := c.config()
	if err != nil {
		return nil, err
	}
	clients, err := corev1client.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("making a client for %s: %w", config.Host, err)
	}
	return clients, nil
}
