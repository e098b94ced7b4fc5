// Package node starts, inspects and takes away a single-node Kubernetes cluster on this machine. It is the shell around the
// layout and the rendered configuration: what runs is recorded by process identity, and all of it lives below one cgroup.
package node

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/stratbox/stratbox/hack/localnode/internal/filelock"
	"github.com/stratbox/stratbox/hack/localnode/internal/layout"
	"github.com/stratbox/stratbox/hack/localnode/internal/process"
	"github.com/stratbox/stratbox/hack/localnode/internal/render"
)

// Node is one local node, running or not.
type Node struct {
	Layout layout.Layout
	// Report prints one line of progress.
	Report func(format string, args ...any)
}

// record describes the node whose state lies in the layout's folders.
type record struct {
	BootID string `json:"bootID"`
	// Bin is the folder of the programs it was started with.
	Bin string `json:"bin"`
	// Sysctls are the machine's settings as they were before the kubelet changed them.
	Sysctls map[string]string `json:"sysctls"`
}

// lockFolder is where programs on this system keep their locks.
const lockFolder = "/run/lock"

// ErrNotMade says that there is no node to work on.
var ErrNotMade = errors.New("there is no node: run `localnode up` first")

func (n Node) load() (record, error) {
	text, err := os.ReadFile(n.Layout.Record())
	if errors.Is(err, fs.ErrNotExist) {
		return record{}, ErrNotMade
	}
	var made record
	if err == nil {
		err = json.Unmarshal(text, &made)
	}
	if err != nil {
		return record{}, fmt.Errorf("reading the node's record: %w", err)
	}
	return made, nil
}

func (n Node) save(made record) error {
	text, err := json.MarshalIndent(made, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(n.Layout.Record()+".new", text, 0o644); err != nil {
		return fmt.Errorf("recording the node: %w", err)
	}
	return os.Rename(n.Layout.Record()+".new", n.Layout.Record())
}

// Bin is the folder of the programs the node runs.
func (n Node) Bin() (string, error) {
	made, err := n.load()
	return made.Bin, err
}

// lock keeps two commands from changing the same node at once.
func (n Node) lock() (release func(), err error) {
	if err := os.MkdirAll(lockFolder, 0o1777); err != nil {
		return nil, fmt.Errorf("making the folder of locks: %w", err)
	}
	return filelock.Acquire(filepath.Join(lockFolder, filepath.Base(n.Layout.Cgroup)+".lock"), func() {
		n.Report("waiting for another localnode command")
	})
}

// component finds one of the node's components by name.
func (n Node) component(name string) (render.Component, error) {
	var names []string
	for _, component := range render.Components(n.Layout) {
		if component.Name == name || component.Name == "kube-"+name {
			return component, nil
		}
		names = append(names, component.Name)
	}
	return render.Component{}, fmt.Errorf("%q is no component of the node: name one of %s", name, strings.Join(names, ", "))
}

func (n Node) identity(component render.Component) (process.Identity, bool, error) {
	identity, known, err := process.Load(n.Layout.ProcessRecord(component.Name))
	return identity, known && identity.Alive(), err
}
