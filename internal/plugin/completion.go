package plugin

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/stratbox/stratbox/client/clientset"
	"github.com/stratbox/stratbox/internal/config"
)

const (
	// completionPatience is how long somebody who has pressed the tab key is kept waiting at most.
	completionPatience = 2 * time.Second
	// maxCompletions is how many names are read for it.
	maxCompletions = 2000
)

// lister lists the names of objects of one kind.
type lister func(context.Context, clientset.Interface, string) ([]string, error)

func listRuns(ctx context.Context, clients clientset.Interface, namespace string) ([]string, error) {
	list, err := clients.StratboxV1alpha1().StrategyRuns(namespace).List(ctx, metav1.ListOptions{Limit: maxCompletions})
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(list.Items))
	for i := range list.Items {
		names = append(names, list.Items[i].Name)
	}
	return names, nil
}

func listBenchmarks(ctx context.Context, clients clientset.Interface, namespace string) ([]string, error) {
	list, err := clients.StratboxV1alpha1().Benchmarks(namespace).List(ctx, metav1.ListOptions{Limit: maxCompletions})
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(list.Items))
	for i := range list.Items {
		names = append(names, list.Items[i].Name)
	}
	return names, nil
}

// completeNames completes the only argument of a command. Without a cluster there is nothing to complete.
func (c *cluster) completeNames(listers ...lister) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), completionPatience)
		defer cancel()
		clients, namespace, err := c.connect()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []string
		for _, list := range listers {
			if some, err := list(ctx, clients, namespace); err == nil {
				names = append(names, some...)
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeDatasets completes --dataset from the operator's configuration, for those who may read it.
func (c *cluster) completeDatasets(command *cobra.Command) {
	register(command, "dataset", func(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		ctx, cancel := context.WithTimeout(cmd.Context(), completionPatience)
		defer cancel()
		core, err := c.core()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		stored, err := core.ConfigMaps("stratbox-system").Get(ctx, "stratbox-config", metav1.GetOptions{})
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var settings config.Config
		if err := yaml.Unmarshal([]byte(stored.Data["learning_system.yaml"]), &settings); err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []string
		for name := range settings.Datasets {
			names = append(names, name)
		}
		slices.Sort(names)
		return names, cobra.ShellCompDirectiveNoFileComp
	})
}

// completeConnection completes the flags that choose a cluster.
func completeConnection(root *cobra.Command, c *cluster) {
	register(root, "namespace", func(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		ctx, cancel := context.WithTimeout(cmd.Context(), completionPatience)
		defer cancel()
		core, err := c.core()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		list, err := core.Namespaces().List(ctx, metav1.ListOptions{Limit: maxCompletions})
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []string
		for i := range list.Items {
			names = append(names, list.Items[i].Name)
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	})
	register(root, "context", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		raw, err := c.flags.ToRawKubeConfigLoader().RawConfig()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []string
		for name := range raw.Contexts {
			names = append(names, name)
		}
		slices.Sort(names)
		return names, cobra.ShellCompDirectiveNoFileComp
	})
}

// completeFlag completes a flag from a few words.
func completeFlag(command *cobra.Command, flag string, words ...string) {
	register(command, flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// register panics where the flag does not exist: that is a mistake in this package.
func register(command *cobra.Command, flag string, complete cobra.CompletionFunc) {
	if err := command.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err)
	}
}
