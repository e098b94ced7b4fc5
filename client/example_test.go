package client_test

import (
	"context"
	"fmt"
	"log"
	"slices"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/client"
)

// One strategy is evaluated on the cluster that kubectl would talk to.
func ExampleConnect() {
	evaluator, err := client.Connect(client.Options{
		Namespace:   "stratbox-runs",
		Spec:        v1alpha1.StrategyRunSpec{Dataset: "tw-daily"},
		DeleteAfter: true,
	})
	if err != nil {
		log.Fatal(err)
	}
	outcome, err := evaluator.Evaluate(context.Background(), client.Strategy{
		ID:     "gen12/momentum",
		Source: "position = data.get('price:收盤價').pct_change(120).rank(axis=1, ascending=False) <= 15",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(outcome.Class, outcome.Metrics["daily_sharpe"])
}

// What a loop does with an outcome depends on its class.
func ExampleEvaluator_Evaluate() {
	evaluator := client.New(cluster(), client.Options{Spec: v1alpha1.StrategyRunSpec{Dataset: "tw-daily"}})
	for _, code := range []string{"position = data.get('price:收盤價') > 100", "import os"} {
		outcome, err := evaluator.Evaluate(context.Background(), client.Strategy{ID: "gen12/momentum", Source: code})
		if err != nil {
			log.Fatal(err) // The context ended, or the API server refuses.
		}
		switch outcome.Class {
		case client.Scored:
			fmt.Println("scored", outcome.Metrics["daily_sharpe"])
		case client.Skip:
			fmt.Println("skipped:", outcome.Reason)
		case client.InfrastructureError:
			fmt.Println("to be tried again:", outcome.Reason)
		}
	}
	// Output:
	// scored 1.31
	// skipped: line 1: os is out of reach
}

// Five strategies at a time, for as long as there are any.
func ExampleEvaluator_EvaluateAll() {
	evaluator := client.New(cluster(), client.Options{Spec: v1alpha1.StrategyRunSpec{Dataset: "tw-daily"}})
	generation := []client.Strategy{
		{ID: "gen12/momentum", Source: "position = data.get('price:收盤價') > 100"},
		{ID: "gen12/intruder", Source: "import os"},
	}
	scores := map[string]float64{}
	err := evaluator.EvaluateAll(context.Background(), slices.Values(generation), 5, func(outcome client.Outcome) {
		if outcome.Class == client.Scored {
			scores[outcome.Strategy] = outcome.Metrics["daily_sharpe"]
		}
	})
	fmt.Println(scores, err)
	// Output:
	// map[gen12/momentum:1.31] <nil>
}
