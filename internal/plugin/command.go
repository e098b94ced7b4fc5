// Package plugin is `kubectl stratbox`: what a person does with Stratbox from a shell. Its commands read flags, talk to the
// API server and write; what they have to say about a run or a benchmark is decided in internal/explain.
package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/stratbox/stratbox/internal/explain"
)

// Run executes the plugin with arguments and returns its exit code.
func Run(ctx context.Context, streams genericiooptions.IOStreams, version string, arguments []string) int {
	command := NewCommand(streams, version)
	command.SetArgs(arguments)
	err := command.ExecuteContext(ctx)
	var ended *endedError
	switch {
	case err == nil:
		return explain.ExitScored
	case errors.As(err, &ended):
		return ended.code
	default:
		fmt.Fprintln(streams.ErrOut, "error:", err)
		return explain.ExitError
	}
}

// endedError says that a command did what it was asked, and how its exit code tells of what it saw.
type endedError struct{ code int }

func (e *endedError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// NewCommand is the plugin with all of its commands.
func NewCommand(streams genericiooptions.IOStreams, version string) *cobra.Command {
	target := newCluster(streams, version)
	root := &cobra.Command{
		Use:   "kubectl-stratbox",
		Short: "Submit strategies to Stratbox and understand what became of them",
		Long: "Submit strategies to Stratbox and understand what became of them.\n\n" +
			"Beside the flags that are listed every command takes kubectl's own for reaching a cluster: --server, --token, --as ...\n" +
			"Without -n the namespace is that of the kubeconfig's context, or else " + defaultNamespace + ".",
		SilenceUsage:  true,
		SilenceErrors: true,
		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl stratbox"},
	}
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.ErrOut)
	target.flags.AddFlags(root.PersistentFlags())
	root.PersistentFlags().Lookup("namespace").Usage = "the namespace (default: that of the context, or else " + defaultNamespace + ")"
	root.PersistentFlags().Lookup("context").Usage = "the context of the kubeconfig to use"
	root.PersistentFlags().Lookup("kubeconfig").Usage = "the kubeconfig to use"
	hideAllBut(root.PersistentFlags(), "kubeconfig", "context", "namespace")
	root.AddCommand(newSubmitCommand(target), newExplainCommand(target), newViolationsCommand(target), newReportCommand(target),
		newDatasetCommand(), newVersionCommand(version))
	completeConnection(root, target)
	return root
}

// hideAllBut keeps the flags that hardly anybody needs out of every command's help. They work all the same.
func hideAllBut(flags *pflag.FlagSet, shown ...string) {
	flags.VisitAll(func(flag *pflag.Flag) { flag.Hidden = !slices.Contains(shown, flag.Name) })
}

// printer writes to one stream and remembers the first error, so that a full disk or a closed pipe is noticed once.
type printer struct {
	out io.Writer
	err error
}

func (p *printer) printf(format string, arguments ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.out, format, arguments...)
	}
}
