// Command kubectl-stratbox is the kubectl plugin: `kubectl stratbox ...`.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/stratbox/stratbox/internal/plugin"
)

// version is set by the linker.
var version = "unknown"

func main() {
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	streams := genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}
	return plugin.Run(ctx, streams, version, os.Args[1:])
}
