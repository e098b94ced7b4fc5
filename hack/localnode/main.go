// Localnode runs a real single-node Kubernetes on a Debian machine, from programs it builds out of Go modules.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/stratbox/stratbox/hack/localnode/internal/binaries"
	"github.com/stratbox/stratbox/hack/localnode/internal/node"
)

const usage = `usage: localnode COMMAND

  build                      build the node's programs into the cache (once: some ten minutes)
  up                         start the node, or whatever of it does not run
  down                       end the node and remove everything but the cache
  status                     print the state of each component; fails unless all is well
  env                        print shell settings: eval "$(localnode env)"
  exec -- COMMAND ...        run a command inside the node's network
  load ARCHIVE NAME ...      import an OCI image archive under these names
  start|stop|restart COMPONENT [--signal NAME]
                             start or end one component, such as kubelet or containerd

Environment: STRATBOX_CACHE (default ~/.cache/stratbox), STRATBOX_NODE_NUMBER (default 0; another number is another node)
`

// errUsage asks for the usage text.
var errUsage = errors.New("see `localnode help`")

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "localnode:", err)
		os.Exit(1)
	}
}

func report(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "localnode: "+format+"\n", args...)
}

func run(args []string) error {
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		fmt.Print(usage)
		return nil
	}
	command, rest := args[0], args[1:]
	if os.Geteuid() != 0 && command != "build" && command != "env" {
		return fmt.Errorf("%s needs root: a node is made of namespaces, mounts and cgroups", command)
	}
	l, err := node.Number(os.Getenv)
	if err != nil {
		return err
	}
	n := node.Node{Layout: l, Report: report}
	if len(rest) > 0 && rest[0] == "--" && command == "exec" {
		rest = rest[1:]
	}
	switch {
	case command == "exec" && len(rest) > 0:
		return n.Exec(rest)
	case command == node.InsideCommand && len(rest) > 0:
		return n.Inside(rest)
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	switch {
	case command == "build" && len(rest) == 0:
		_, err := build(ctx)
		return err
	case command == "env" && len(rest) == 0:
		return printEnvironment(n)
	case command == "status" && len(rest) == 0:
		return n.Status(ctx, os.Stdout)
	case command == "up" && len(rest) == 0:
		bin, err := build(ctx)
		if err != nil {
			return err
		}
		return n.Up(ctx, bin)
	case command == "down" && len(rest) == 0:
		return n.Down()
	case command == "load" && len(rest) > 1:
		return n.LoadImage(ctx, rest[0], rest[1:])
	case len(rest) > 0:
		return changeComponent(ctx, n, command, rest)
	}
	return errUsage
}

func changeComponent(ctx context.Context, n node.Node, command string, rest []string) error {
	chosen := syscall.SIGTERM
	switch {
	case len(rest) == 3 && rest[1] == "--signal" && command != "start":
		name := strings.ToUpper(rest[2])
		if chosen = unix.SignalNum("SIG" + strings.TrimPrefix(name, "SIG")); chosen == 0 {
			return fmt.Errorf("there is no signal %q", rest[2])
		}
	case len(rest) != 1:
		return errUsage
	}
	switch command {
	case "start":
		return n.Start(ctx, rest[0])
	case "stop":
		return n.Stop(rest[0], chosen)
	case "restart":
		return n.Restart(ctx, rest[0], chosen)
	}
	return errUsage
}

// folder is the cache folder for the pins of the checkout this is run in.
func folder() (source, bin string, err error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", "", err
	}
	if source, err = binaries.Source(dir); err != nil {
		return "", "", err
	}
	root, err := binaries.CacheRoot(os.Getenv)
	if err != nil {
		return "", "", err
	}
	bin, err = binaries.Folder(source, root)
	return source, bin, err
}

func build(ctx context.Context) (bin string, err error) {
	source, bin, err := folder()
	if err != nil {
		return "", err
	}
	if err := binaries.Build(ctx, source, bin, report); err != nil {
		return "", err
	}
	report("the node's programs are in %s", bin)
	return bin, nil
}

func printEnvironment(n node.Node) error {
	bin, err := n.Bin()
	if errors.Is(err, node.ErrNotMade) {
		_, bin, err = folder()
	}
	if err != nil {
		return err
	}
	fmt.Println(`# Use this as: eval "$(localnode env)"`)
	fmt.Println("# A shell inside the node's network: localnode exec -- bash")
	for _, variable := range node.Variables(n.Layout, bin, os.Getenv("PATH")) {
		fmt.Println(variable.Quote())
	}
	return nil
}
