package node

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/stratbox/stratbox/hack/localnode/internal/cgroup"
	"github.com/stratbox/stratbox/hack/localnode/internal/layout"
	"github.com/stratbox/stratbox/hack/localnode/internal/network"
)

// numberVariable is the environment variable that selects a node.
const numberVariable = "STRATBOX_NODE_NUMBER"

// Number reads which node the environment selects.
func Number(getenv func(string) string) (layout.Layout, error) {
	value := getenv(numberVariable)
	if value == "" {
		return layout.ForNumber(0)
	}
	number := 0
	if _, err := fmt.Sscanf(value+"\n", "%d\n", &number); err != nil {
		return layout.Layout{}, fmt.Errorf("%s is %q, which is not a number", numberVariable, value)
	}
	return layout.ForNumber(number)
}

// Variable is one setting of a shell that uses the node.
type Variable struct{ Name, Value string }

// Variables are the settings of a shell that uses the node and its programs.
func Variables(l layout.Layout, bin, path string) []Variable {
	if !strings.HasPrefix(path, bin+":") {
		path = bin + ":" + path
	}
	return []Variable{
		{"PATH", path},
		{"KUBECONFIG", l.Kubeconfig()},
		{"KUBEBUILDER_ASSETS", bin},
		{"CONTAINERD_ADDRESS", l.ContainerdSocket()},
		{"CONTAINERD_NAMESPACE", "k8s.io"},
		{"STRATBOX_NETNS", l.Netns()},
		{"STRATBOX_SECCOMP_ROOT", l.Seccomp()},
		{"STRATBOX_NODE_LOGS", l.Logs()},
	}
}

// Quote writes the value so that a shell reads it as it is.
func (v Variable) Quote() string {
	return "export " + v.Name + "='" + strings.ReplaceAll(v.Value, "'", `'\''`) + "'"
}

// Exec replaces this program by the command, run inside the node's network with the node's settings: signals, input and exit code are the command's own.
func (n Node) Exec(command []string) error {
	bin, err := n.Bin()
	if err != nil {
		return err
	}
	for _, variable := range Variables(n.Layout, bin, os.Getenv("PATH")) {
		if err := os.Setenv(variable.Name, variable.Value); err != nil {
			return fmt.Errorf("setting %s: %w", variable.Name, err)
		}
	}
	return n.become(command)
}

// Inside replaces this program by a component: as Exec does, but as part of the node, so that it ends with it.
func (n Node) Inside(command []string) error {
	if err := cgroup.Join(n.Layout.ComponentsCgroup()); err != nil {
		return err
	}
	// A component outlives whoever started it, and must not keep that one's files open: a lock among them would stay locked.
	if err := unix.CloseRange(3, math.MaxInt32, unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return fmt.Errorf("leaving the caller's files: %w", err)
	}
	return n.become(command)
}

// become never unlocks the thread: the new program inherits the network of the thread that executes it.
func (n Node) become(command []string) error {
	runtime.LockOSThread()
	if err := network.Enter(n.Layout); err != nil {
		return err
	}
	program, err := exec.LookPath(command[0])
	if err != nil {
		return fmt.Errorf("finding the command: %w", err)
	}
	if err := syscall.Exec(program, command, os.Environ()); err != nil {
		return fmt.Errorf("executing %s: %w", program, err)
	}
	return nil
}

// LoadImage imports an OCI archive that holds one image and gives it each of the names.
func (n Node) LoadImage(ctx context.Context, archive string, names []string) error {
	bin, err := n.Bin()
	if err != nil {
		return err
	}
	if _, err := os.Stat(archive); err != nil {
		return fmt.Errorf("loading an image: %w", err)
	}
	for _, name := range names {
		// Importing the same layers under a second name copies nothing.
		if out, err := n.ctr(ctx, bin, "image", "import", "--local", "--index-name", name, archive).CombinedOutput(); err != nil {
			return fmt.Errorf("loading %s as %s: %w: %s", filepath.Base(archive), name, err, out)
		}
		n.Report("loaded %s", name)
	}
	return nil
}
