// Ast-executor executes AST-only attempts for the manager: over HTTPS, each in a fresh process, without a Pod.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stratbox/stratbox/internal/astexecutor/server"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/supervise"
)

// flags are what the Deployment sets.
type flags struct {
	listen, health            string
	files                     server.Files
	data, cgroup              string
	python, harness, readable string
	parallel, queue, memory   int
	keep                      int
	keepFor, grace            time.Duration
}

func main() {
	var f flags
	flag.StringVar(&f.listen, "listen", ":8443", "address for the manager's requests")
	flag.StringVar(&f.health, "health", ":8081", "address for the kubelet's probes")
	flag.StringVar(&f.files.Certificate, "tls-certificate", "/run/secrets/stratbox/tls.crt", "file that holds the certificate; read for every connection")
	flag.StringVar(&f.files.Key, "tls-key", "/run/secrets/stratbox/tls.key", "file that holds the certificate's key; read for every connection")
	flag.StringVar(&f.files.Token, "token", "/run/secrets/stratbox/token", "file that holds the token of requests; read for every request")
	flag.StringVar(&f.data, "data", contract.DatasetDir, "folder that holds a folder for each dataset, by name")
	flag.StringVar(&f.cgroup, "cgroup", "/sys/fs/cgroup", "where the container's memory cgroup is mounted")
	flag.StringVar(&f.python, "python", "/usr/bin/python3", "Python interpreter")
	flag.StringVar(&f.harness, "harness", "/opt/stratbox", "folder that holds the Python package stratbox_runner")
	flag.StringVar(&f.readable, "readable", "/usr,/lib,/lib64,/etc", "paths that Python may read beside harness and dataset, separated by commas")
	flag.IntVar(&f.parallel, "parallel", 2, "attempts that are executed at once")
	flag.IntVar(&f.queue, "queue", 64, "attempts that may wait; more are told to come back later")
	flag.IntVar(&f.memory, "max-memory-mib", 2048, "memory that one attempt may use at most, in MiB; the container needs parallel times this and some more")
	flag.IntVar(&f.keep, "keep", 1024, "finished attempts whose results are kept at most")
	flag.DurationVar(&f.keepFor, "keep-for", time.Hour, "how long a result is kept")
	flag.DurationVar(&f.grace, "grace", 20*time.Second, "how long attempts may go on when the executor is asked to end")
	flag.Parse()

	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, f, log); err != nil {
		log.Error("the executor ends", "error", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, f flags, log *slog.Logger) error {
	if f.parallel < 1 || f.queue < 0 || f.memory < 1 || f.keep < 1 {
		return errors.New("-parallel, -max-memory-mib and -keep must be at least 1, -queue at least 0")
	}
	// Strategies run as the same user. A process that cannot be dumped cannot be traced or read by them either.
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("keep strategies from this process's memory: %w", err)
	}
	log.Info("fence for strategies", "landlock", supervise.LandlockVersion())
	requests, err := net.Listen("tcp", f.listen)
	if err != nil {
		return fmt.Errorf("listen for requests: %w", err)
	}
	health, err := net.Listen("tcp", f.health)
	if err != nil {
		return errors.Join(fmt.Errorf("listen for probes: %w", err), requests.Close())
	}
	return server.Serve(ctx, f.settings(log), requests, health)
}

func (f flags) settings(log *slog.Logger) server.Settings {
	return server.Settings{
		Engine: server.Engine{
			DataDir: f.data, MaxMemoryBytes: int64(f.memory) << 20, CgroupDir: f.cgroup,
			Readable: append(strings.Split(f.readable, ","), f.harness),
			Command: func(dir string, task contract.Task) (command, env []string) {
				return supervise.Python(f.python, f.harness, dir, task)
			},
			Output: os.Stdout, Log: log, Allowances: supervise.DefaultAllowances(),
		},
		Files: f.files, Parallel: f.parallel, Queue: f.queue, Keep: f.keep, KeepFor: f.keepFor, Grace: f.grace,
		Bounds: server.DefaultBounds(), Log: log,
	}
}
