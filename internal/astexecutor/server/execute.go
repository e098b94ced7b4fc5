package server

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/astexecutor"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/supervise"
)

// Engine says how attempts are executed.
type Engine struct {
	// DataDir holds a folder for each dataset, by name.
	DataDir string
	// Command returns what starts the strategy's process; see supervise.Python.
	Command func(datasetDir string, task contract.Task) (command, env []string)
	// Readable are the paths beneath which the strategy's process may read while it starts, beside its dataset.
	Readable []string
	// MaxMemoryBytes is the most that one attempt may use, whatever it asks for.
	MaxMemoryBytes int64
	// CgroupDir is where the container's own memory cgroup is mounted.
	CgroupDir string
	// Output receives what strategies print, each line with the run it came from.
	Output io.Writer
	Log    *slog.Logger
	// Allowances bound what is not the strategy's own time.
	Allowances supervise.Allowances
}

// datasetDir is where the dataset is, or would be.
func (e Engine) datasetDir(name string) string { return filepath.Join(e.DataDir, name) }

// execute makes one attempt. Whatever goes wrong on this side ends that attempt, not the executor.
func (e Engine) execute(ctx context.Context, a astexecutor.Attempt, note func(contract.Record)) (record contract.Record, err error) {
	log := e.Log.With("namespace", a.Task.Namespace, "run", a.Task.Run, "attempt", a.Task.Attempt)
	defer func() {
		if cause := recover(); cause != nil {
			log.Error("the engine panicked", "cause", cause, "stack", string(debug.Stack()))
			record, err = contract.Record{
				Version: contract.RecordVersion, RunUID: a.Task.RunUID, Attempt: a.Task.Attempt,
				Phase: contract.PhaseFinished, Verdict: v1alpha1.VerdictRunnerFailed,
				Message: "the executor failed while it executed this attempt; its log says where",
			}, nil
		}
	}()
	dir := e.datasetDir(a.Task.Dataset)
	spec := supervise.Spec{
		Task: a.Task, Source: a.Source, DatasetDir: dir, MemoryBytes: min(a.MemoryBytes, e.MaxMemoryBytes),
		Readable: append([]string{dir}, e.Readable...), CgroupDir: e.CgroupDir, Output: lines{to: e.Output, of: a.Task},
		Publish: note, Log: log, Now: time.Now, Allowances: e.Allowances,
	}
	spec.Command, spec.Env = e.Command(dir, a.Task)
	record, err = supervise.Run(ctx, spec)
	if err != nil {
		log.Info("no verdict", "reason", err)
		return record, err
	}
	log.Info("verdict", "verdict", record.Verdict, "message", record.Message, "milliseconds", record.Timings.Total)
	return record, nil
}

// lines puts before every line the run it came from.
type lines struct {
	to io.Writer
	of contract.Task
}

func (l lines) Write(line []byte) (int, error) {
	from := contract.Clean(fmt.Sprintf("%s/%s attempt %d: ", l.of.Namespace, l.of.Run, l.of.Attempt))
	if _, err := l.to.Write(append([]byte(from), line...)); err != nil {
		return 0, fmt.Errorf("pass on the strategy's output: %w", err)
	}
	return len(line), nil
}
