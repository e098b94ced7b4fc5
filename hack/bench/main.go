// Bench submits honest runs to a cluster one after another and prints where the time of a run goes: medians in
// milliseconds over the runs, and ratios to the strategy's own time.
//
// usage: go run ./hack/bench [-n RUNS] [-f STRATEGYRUN.yaml]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	corev1 "k8s.io/api/core/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/watch"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// sample is what one run cost, in milliseconds by phase.
type sample map[string]float64

// phases are printed in the order in which they happen.
var phases = []struct{ name, meaning string }{
	{"start", "Pod created to the runner's first instruction"},
	{"imports", "Python, numpy, pandas and the harness"},
	{"data", "mapping the dataset"},
	{"seal", "loading the filter and proving it"},
	{"gate", "reading and compiling the strategy"},
	{"execution", "the strategy's own code"},
	{"scoring", "computing the metrics"},
	{"end", "verdict recorded to Pod gone"},
	{"total", "submitted to verdict, seen by a client"},
	{"cpu", "CPU time of the strategy's process"},
}

func main() {
	runs := flag.Int("n", 10, "how many runs")
	file := flag.String("f", "config/samples/momentum.yaml", "the StrategyRun to submit")
	flag.Parse()
	if err := bench(ctrl.SetupSignalHandler(), *runs, *file); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, runs int, file string) error {
	scheme := clientgoscheme.Scheme
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return err
	}
	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("find the cluster: %w", err)
	}
	cluster, err := client.NewWithWatch(config, client.Options{Scheme: scheme})
	if err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var template v1alpha1.StrategyRun
	if err := yaml.UnmarshalStrict(text, &template); err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	samples := make([]sample, 0, runs)
	for i := range runs {
		run := template.DeepCopy()
		run.Name = fmt.Sprintf("bench-%d-%d", os.Getpid(), i)
		one, err := measure(ctx, cluster, run)
		if err != nil {
			return fmt.Errorf("%s: %w", run.Name, err)
		}
		samples = append(samples, one)
	}
	return report(samples)
}

// measure submits one run, waits until its Pod is gone, and deletes it.
func measure(ctx context.Context, cluster client.WithWatch, run *v1alpha1.StrategyRun) (sample, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	pods, err := cluster.Watch(ctx, &corev1.PodList{}, client.InNamespace(run.Namespace), client.MatchingLabels{v1alpha1.LabelRun: run.Name})
	if err != nil {
		return nil, err
	}
	defer pods.Stop()
	ended, err := cluster.Watch(ctx, &v1alpha1.StrategyRunList{}, client.InNamespace(run.Namespace), client.MatchingFields{"metadata.name": run.Name})
	if err != nil {
		return nil, err
	}
	defer ended.Stop()

	submitted := time.Now()
	if err := cluster.Create(ctx, run); err != nil {
		return nil, err
	}
	defer func() { _ = cluster.Delete(context.WithoutCancel(ctx), run) }()
	if err := await(ended, func(event watch.Event) bool {
		seen, ok := event.Object.(*v1alpha1.StrategyRun)
		if ok {
			run = seen
		}
		return ok && apimeta.IsStatusConditionTrue(seen.Status.Conditions, v1alpha1.ConditionFinished)
	}); err != nil {
		return nil, err
	}
	verdict := time.Now()
	if why := apimeta.FindStatusCondition(run.Status.Conditions, v1alpha1.ConditionFinished); why.Reason != string(v1alpha1.VerdictCompleted) {
		return nil, fmt.Errorf("ended as %s: %s", why.Reason, why.Message)
	}
	if err := await(pods, func(event watch.Event) bool { return event.Type == watch.Deleted }); err != nil {
		return nil, err
	}
	return read(run.Status.Result, verdict.Sub(submitted), time.Since(verdict)), nil
}

// await reads events until one fulfils the condition.
func await(events watch.Interface, fulfils func(watch.Event) bool) error {
	for event := range events.ResultChan() {
		if fulfils(event) {
			return nil
		}
	}
	return fmt.Errorf("the watch ended early")
}

func read(result *v1alpha1.Result, total, end time.Duration) sample {
	value := func(p *int64) float64 {
		if p == nil {
			return 0
		}
		return float64(*p)
	}
	t := result.Timings
	return sample{
		"start": value(t.StartedMillis), "imports": value(t.ImportsMillis), "data": value(t.DataMillis), "seal": value(t.SealMillis),
		"gate": value(t.GateMillis), "execution": value(t.ExecutionMillis), "scoring": value(t.ScoringMillis),
		"cpu": value(result.CPUMillis), "end": float64(end.Milliseconds()), "total": float64(total.Milliseconds()),
	}
}

func report(samples []sample) error {
	column := func(phase string) []float64 {
		values := make([]float64, len(samples))
		for i, s := range samples {
			values[i] = s[phase]
		}
		slices.Sort(values)
		return values
	}
	base := median(column("execution"))
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "phase\tmedian ms\tmin\tmax\tx execution\t  what\n")
	for _, phase := range phases {
		values := column(phase.name)
		ratio := "-"
		if base > 0 {
			ratio = fmt.Sprintf("%.2f", median(values)/base)
		}
		fmt.Fprintf(table, "%s\t%.0f\t%.0f\t%.0f\t%s\t  %s\n", phase.name, median(values), values[0], values[len(values)-1], ratio, phase.meaning)
	}
	fmt.Fprintf(table, "%d runs\t\t\t\t\t\n", len(samples))
	return table.Flush()
}

// median of sorted values.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}
