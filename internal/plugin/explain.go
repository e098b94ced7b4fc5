package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stratbox/stratbox/client/clientset"
	"github.com/stratbox/stratbox/internal/explain"
)

// kinds says what people may call a kind in KIND/NAME.
var kinds = map[string]string{
	"strategyrun": kindRun, "strategyruns": kindRun, "strategyrun.stratbox.dev": kindRun, "strategyruns.stratbox.dev": kindRun, "sr": kindRun,
	"benchmark": kindBenchmark, "benchmarks": kindBenchmark, "benchmark.stratbox.dev": kindBenchmark, "benchmarks.stratbox.dev": kindBenchmark,
	"bench": kindBenchmark,
}

const (
	kindRun       = "StrategyRun"
	kindBenchmark = "Benchmark"
)

func newExplainCommand(target *cluster) *cobra.Command {
	var output output
	command := &cobra.Command{
		Use:   "explain NAME",
		Short: "Say why a run or a benchmark ended, on what evidence, and what to do",
		Long: "Say why a run ended, on what evidence, and what to do about it; or what a benchmark decided and what it lacks to be\n" +
			"conclusive. NAME is a run's, or else a benchmark's; sr/NAME and bench/NAME say which.",
		Example: "  kubectl stratbox explain momentum-x7k2p\n  kubectl stratbox explain bench/validation -o json",
		Args:    oneName("explain", "a run or a benchmark"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := output.check(); err != nil {
				return err
			}
			clients, namespace, err := target.connect()
			if err != nil {
				return err
			}
			found, err := target.find(cmd.Context(), clients, namespace, args[0])
			if err != nil {
				return err
			}
			if output.format != formatText {
				return output.write(target.streams.Out, found)
			}
			return found.Write(target.streams.Out)
		},
	}
	output.addTo(command, formatJSON, formatYAML)
	command.ValidArgsFunction = target.completeNames(listRuns, listBenchmarks)
	return command
}

// oneName refuses all but one argument in words of its own.
func oneName(command, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("%s takes the name of %s: kubectl stratbox %s NAME", command, what, command)
		}
		return nil
	}
}

// explanation is of a run or of a benchmark.
type explanation interface{ Write(io.Writer) error }

// find explains the run of a name or, if there is none, the benchmark. A name may begin with its kind.
func (c *cluster) find(ctx context.Context, clients clientset.Interface, namespace, name string) (explanation, error) {
	kind, name, err := splitKind(name)
	if err != nil {
		return nil, err
	}
	if kind != kindBenchmark {
		run, err := clients.StratboxV1alpha1().StrategyRuns(namespace).Get(ctx, name, metav1.GetOptions{})
		if err == nil {
			return explain.OfRun(run), nil
		}
		if kind == kindRun || !isMissing(err) {
			return nil, c.plainIn(namespace, err)
		}
	}
	benchmark, err := clients.StratboxV1alpha1().Benchmarks(namespace).Get(ctx, name, metav1.GetOptions{})
	switch {
	case err == nil:
		return explain.OfBenchmark(benchmark), nil
	case kind == "" && isMissing(err):
		return nil, fmt.Errorf("there is no StrategyRun and no Benchmark %q in namespace %s; finished runs are deleted after their TTL", name, namespace)
	default:
		return nil, c.plainIn(namespace, err)
	}
}

// splitKind takes KIND/NAME apart. A name alone has no kind.
func splitKind(argument string) (kind, name string, err error) {
	before, after, found := strings.Cut(argument, "/")
	if !found {
		return "", argument, nil
	}
	if kind = kinds[strings.ToLower(before)]; kind == "" {
		return "", "", fmt.Errorf("%q is neither a run nor a benchmark; write sr/%s or bench/%s", before, after, after)
	}
	return kind, after, nil
}

// nameOfKind is the name in an argument that may begin with its kind, as kubectl's own output does.
func nameOfKind(argument, wanted string) (string, error) {
	kind, name, err := splitKind(argument)
	if err == nil && kind != "" && kind != wanted {
		err = fmt.Errorf("%s is not a %s", argument, wanted)
	}
	return name, err
}

// isMissing says whether an object is missing, as opposed to its whole kind.
func isMissing(err error) bool {
	var status apierrors.APIStatus
	return apierrors.IsNotFound(err) && errors.As(err, &status) && !unknownKind(status.Status())
}

// plainIn adds where an object was looked for.
func (c *cluster) plainIn(namespace string, err error) error {
	if isMissing(err) {
		return fmt.Errorf("%w in namespace %s", c.plain(err), namespace)
	}
	return c.plain(err)
}
