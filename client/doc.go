// Package client is how a program has strategies evaluated: Evaluate submits one, waits for its verdict and says what
// to do with it; EvaluateAll does so for many, a few at a time.
//
//	evaluator, err := client.Connect(client.Options{
//		Namespace: "stratbox-runs",
//		Spec:      v1alpha1.StrategyRunSpec{Dataset: "tw-daily"},
//	})
//	outcome, err := evaluator.Evaluate(ctx, client.Strategy{ID: "momentum-0042", Source: code})
//
// An Outcome is one of three classes: Scored, Skip (the strategy is at fault: go on with the next) and
// InfrastructureError (nothing is known against the strategy: it may be tried again). A strategy that fails, however
// badly, is an Outcome and never an error. An error says that the caller's context ended or that the API server
// refuses what it was asked, and comes with an Outcome that says so, too.
//
// Evaluate is idempotent by the run's name. A program that was killed and evaluates the same strategy under the same
// name again gets the verdict of the run that it had submitted before. Dropped watches and an API server that is away
// for a while are waited out, until the context ends.
//
// Below this package are the generated clientset, listers, informers and apply configurations for those who want the
// objects themselves.
package client
