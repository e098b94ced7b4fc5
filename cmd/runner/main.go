// Runner is PID 1 of a run's Pod: it makes one attempt at one strategy and leaves the verdict record in the
// container's termination log. It exits with 0 only if the verdict is Completed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/seccomp"
	"github.com/stratbox/stratbox/internal/supervise"
)

// settings are where things are; the defaults are the contract with the manager and the image.
type settings struct {
	task, source, dataset, record, cgroup string
	python, harness                       string
}

func main() {
	var s settings
	flag.StringVar(&s.task, "task", contract.TaskFile, "file that holds the task")
	flag.StringVar(&s.source, "source", contract.SourceFile, "file that holds the strategy's code")
	flag.StringVar(&s.dataset, "dataset", contract.DatasetDir, "folder of the dataset")
	flag.StringVar(&s.record, "record", contract.TerminationLog, "file that receives the verdict record")
	flag.StringVar(&s.cgroup, "cgroup", "/sys/fs/cgroup", "where the container's memory cgroup is mounted")
	flag.StringVar(&s.python, "python", "/usr/bin/python3", "Python interpreter")
	flag.StringVar(&s.harness, "harness", "/opt/stratbox", "folder that holds the Python package stratbox_runner")
	flag.Parse()

	// The container's memory is the strategy's: what is no longer needed is given back early. One table of weights is 80 MB.
	debug.SetMemoryLimit(128 << 20)
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	record, err := run(ctx, s, log)
	if err != nil {
		log.Error("no verdict", "error", err)
	} else {
		log.Info("verdict", "verdict", record.Verdict, "message", record.Message)
	}
	if err != nil || record.Verdict != v1alpha1.VerdictCompleted {
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, s settings, log *slog.Logger) (contract.Record, error) {
	file, err := supervise.OpenRecordFile(s.record)
	if err != nil {
		return contract.Record{}, err
	}
	task, err := readTask(s.task)
	if err != nil {
		return contract.Record{}, errors.Join(err, file.Close())
	}
	source, err := readSource(s.source)
	if err != nil {
		record := supervise.Failed(task, time.Now(), err)
		return record, errors.Join(file.Write(record), file.Close())
	}
	policy := seccomp.Default()
	spec := supervise.Spec{
		Task: task, Source: source, DatasetDir: s.dataset, Policy: &policy, CgroupDir: s.cgroup,
		Output: os.Stdout, Log: log, Now: time.Now, Allowances: supervise.DefaultAllowances(),
		Publish: func(r contract.Record) {
			if err := file.Write(r); err != nil {
				log.Error("the record could not be kept", "error", err)
			}
		},
	}
	spec.Command, spec.Env = supervise.Python(s.python, s.harness, s.dataset, task)
	record, err := supervise.Run(ctx, spec)
	return record, errors.Join(err, file.Close())
}

func readTask(path string) (contract.Task, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return contract.Task{}, fmt.Errorf("read the task: %w", err)
	}
	return contract.DecodeTask(text)
}

func readSource(path string) ([]byte, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the strategy's code: %w", err)
	}
	if len(source) > contract.MaxSourceBytes {
		return nil, fmt.Errorf("read the strategy's code: %d bytes, at most %d are allowed", len(source), contract.MaxSourceBytes)
	}
	return source, nil
}
