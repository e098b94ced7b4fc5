// Command loop evaluates the strategies of a folder again and again, some at a time, as a program that breeds strategies
// does. Whatever becomes of one of them, the loop goes on.
//
// It prints a line for each iteration and a summary, and writes one JSON line each to a journal. Interrupted, it goes on
// where it was when it is started with the same -name.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/client"
)

func main() {
	folder := flag.String("strategies", "examples/loop/strategies", "folder of strategies, *.py")
	iterations := flag.Int("iterations", 20, "how many evaluations to make")
	parallelism := flag.Int("parallelism", 2, "how many at a time")
	name := flag.String("name", time.Now().Format("loop-0102-150405"), "what the runs' names begin with")
	namespace := flag.String("namespace", client.DefaultNamespace, "where to create the runs")
	dataset := flag.String("dataset", "tw-daily", "the dataset they read")
	mode := flag.String("mode", "Auto", "Auto, Sandbox or ASTOnly")
	memory := flag.String("memory", "1Gi", "memory limit of a run")
	deadline := flag.Int("deadline", 20, "seconds that a strategy may take")
	journal := flag.String("journal", "loop.jsonl", "file that gets one JSON line for each iteration")
	flag.Parse()

	limit, err := resource.ParseQuantity(*memory)
	if err != nil {
		log.Fatalf("-memory %s: %v", *memory, err)
	}
	evaluator, err := client.Connect(client.Options{
		Namespace: *namespace,
		Spec: v1alpha1.StrategyRunSpec{
			Dataset: *dataset,
			Mode:    v1alpha1.Mode(*mode),
			Limits:  v1alpha1.Limits{Memory: &limit, DeadlineSeconds: ptr.To(int32(*deadline))},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	strategies, err := read(*folder)
	if err != nil {
		log.Fatal(err)
	}
	lines, err := os.Create(*journal)
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err = loop(ctx, evaluator, repeat(strategies, *iterations, *name), *iterations, *parallelism, os.Stdout, lines)
	if err := errors.Join(err, lines.Close()); err != nil {
		log.Fatalf("%v; go on with -name %s", err, *name)
	}
}

// read takes every Python file of a folder for a strategy, named like its file.
func read(folder string) ([]client.Strategy, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.py"))
	if err != nil {
		return nil, fmt.Errorf("looking for strategies: %w", err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no *.py in %s", folder)
	}
	var strategies []client.Strategy
	for _, file := range files {
		code, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading a strategy: %w", err)
		}
		strategies = append(strategies, client.Strategy{ID: strings.TrimSuffix(filepath.Base(file), ".py"), Source: string(code)})
	}
	return strategies, nil
}

// repeat gives as many strategies as there are iterations, each under a name that is its iteration's own.
func repeat(strategies []client.Strategy, iterations int, name string) iter.Seq[client.Strategy] {
	return func(yield func(client.Strategy) bool) {
		for i := range iterations {
			strategy := strategies[i%len(strategies)]
			strategy.Name = fmt.Sprintf("%s-%d", name, i)
			if !yield(strategy) {
				return
			}
		}
	}
}

// loop evaluates strategies, prints how it goes and writes the journal.
func loop(ctx context.Context, evaluator *client.Evaluator, strategies iter.Seq[client.Strategy], iterations, parallelism int, out, journal io.Writer) error {
	var unwritten error
	began, summary, records := time.Now(), newSummary(), json.NewEncoder(journal)
	err := evaluator.EvaluateAll(ctx, strategies, parallelism, func(outcome client.Outcome) {
		summary.add(outcome)
		fmt.Fprintf(out, "[%*d/%d] %s\n", len(fmt.Sprint(iterations)), summary.total, iterations, line(outcome))
		unwritten = errors.Join(unwritten, records.Encode(outcome))
	})
	fmt.Fprintf(out, "\n%s in %s\n", summary, time.Since(began).Round(100*time.Millisecond))
	return errors.Join(err, unwritten)
}
