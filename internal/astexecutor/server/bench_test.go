package server

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/supervise"
)

// The two benchmarks make the same attempt; their difference is what the way through the executor costs.

func BenchmarkAttemptByTheEngineAlone(b *testing.B) {
	data, err := fixture()
	if err != nil {
		b.Fatal(err)
	}
	engine := Engine{DataDir: data}
	a := attempt("a", "scores")
	for b.Loop() {
		spec := supervise.Spec{
			Task: a.Task, Source: a.Source, DatasetDir: engine.datasetDir(fixtureName), CgroupDir: "/nonexistent", Output: io.Discard,
			Publish: func(contract.Record) {}, Log: slog.New(slog.DiscardHandler), Now: time.Now, Allowances: supervise.DefaultAllowances(),
		}
		spec.Command, spec.Env = childCommand()
		if record, err := supervise.Run(context.Background(), spec); err != nil || record.Verdict != v1alpha1.VerdictCompleted {
			b.Fatalf("%s, error %v", record.Verdict, err)
		}
	}
}

func BenchmarkAttemptThroughTheExecutor(b *testing.B) {
	x := start(b)
	for i := 0; b.Loop(); i++ {
		a := attempt(fmt.Sprint("a", i), "scores")
		x.submit(b, a)
		if record := x.result(b, a).Record; record.Verdict != v1alpha1.VerdictCompleted {
			b.Fatalf("%s: %s", record.Verdict, record.Message)
		}
	}
}
