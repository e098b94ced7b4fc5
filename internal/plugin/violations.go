package plugin

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/pager"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/client/clientset"
	"github.com/stratbox/stratbox/internal/explain"
)

// violationsQuery is what to look at.
type violationsQuery struct {
	*cluster
	output        output
	selector      string
	allNamespaces bool
}

func newViolationsCommand(target *cluster) *cobra.Command {
	q := &violationsQuery{cluster: target}
	command := &cobra.Command{
		Use:   "violations [NAME]",
		Short: "List the system calls that runs were denied",
		Long: "List the system calls that the sandbox denied to the runs of a namespace, or to one run, with how often and since when.\n" +
			"AST-only runs are executed without a watcher and cannot appear; the last line counts them.",
		Example: "  kubectl stratbox violations -A\n  kubectl stratbox violations -l generation=12 -o json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := q.output.check(); err != nil {
				return err
			}
			if len(args) > 0 && (q.allNamespaces || q.selector != "") {
				return errors.New("give either a name, or -A and -l")
			}
			return q.list(cmd.Context(), args)
		},
	}
	command.Flags().BoolVarP(&q.allNamespaces, "all-namespaces", "A", false, "look at the runs of all namespaces")
	command.Flags().StringVarP(&q.selector, "selector", "l", "", "look only at runs with these labels, such as generation=12")
	q.output.addTo(command, formatJSON, formatYAML, formatName)
	command.ValidArgsFunction = target.completeNames(listRuns)
	return command
}

func (q *violationsQuery) list(ctx context.Context, names []string) error {
	selector, err := labels.Parse(q.selector)
	if err != nil {
		return fmt.Errorf("-l %s: %w", q.selector, err)
	}
	clients, namespace, err := q.connect()
	if err != nil {
		return err
	}
	found := explain.Violations{Items: []explain.Violation{}}
	where := "in namespace " + namespace
	switch {
	case len(names) > 0:
		name, err := nameOfKind(names[0], kindRun)
		if err != nil {
			return err
		}
		run, err := clients.StratboxV1alpha1().StrategyRuns(namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return q.plainIn(namespace, err)
		}
		found.Add(run)
	case q.allNamespaces:
		namespace, where = metav1.NamespaceAll, "in all namespaces"
		fallthrough
	default:
		if err := q.look(ctx, clients, namespace, selector, &found); err != nil {
			return q.plain(err)
		}
	}
	return q.print(found, where)
}

// look reads all runs, some hundred at a time.
func (q *violationsQuery) look(ctx context.Context, clients clientset.Interface, namespace string, selector labels.Selector, found *explain.Violations) error {
	pages := pager.New(func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		return clients.StratboxV1alpha1().StrategyRuns(namespace).List(ctx, options)
	})
	return pages.EachListItem(ctx, metav1.ListOptions{LabelSelector: selector.String()}, func(object runtime.Object) error {
		if run, isRun := object.(*v1alpha1.StrategyRun); isRun {
			found.Add(run)
		}
		return nil
	})
}

func (q *violationsQuery) print(found explain.Violations, where string) error {
	switch q.output.format {
	case formatText:
		return found.Write(q.streams.Out, where, q.allNamespaces)
	case formatName:
		p := &printer{out: q.streams.Out}
		for _, name := range found.Names() {
			p.printf("%s\n", name)
		}
		return p.err
	default:
		return q.output.write(q.streams.Out, found)
	}
}
