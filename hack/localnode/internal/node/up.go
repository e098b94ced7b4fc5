package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stratbox/stratbox/hack/localnode/internal/cgroup"
	"github.com/stratbox/stratbox/hack/localnode/internal/network"
	"github.com/stratbox/stratbox/hack/localnode/internal/pauseimage"
	"github.com/stratbox/stratbox/hack/localnode/internal/pki"
	"github.com/stratbox/stratbox/hack/localnode/internal/process"
	"github.com/stratbox/stratbox/hack/localnode/internal/render"
)

// hostSysctls are the machine-wide settings that a kubelet changes when it starts; they are put back at the end.
var hostSysctls = []string{"vm/overcommit_memory", "kernel/panic", "kernel/panic_on_oops"}

// Up makes the node with the programs in bin, or completes the one that is there, and returns when it is ready for Pods.
func (n Node) Up(ctx context.Context, bin string) error {
	release, err := n.lock()
	if err != nil {
		return err
	}
	defer release()
	began := time.Now()
	made, err := n.prepare(bin)
	if err != nil {
		return err
	}
	running := true
	// A kubelet that ran all along need not be heard of again.
	var since time.Time
	for _, component := range render.Components(n.Layout) {
		_, alive, err := n.identity(component)
		if err != nil {
			return err
		}
		running = running && alive
		if component.Name == "kubelet" && !alive {
			since = time.Now()
		}
		if err := n.ensure(ctx, component, made); err != nil {
			return err
		}
		if component.Name == "containerd" {
			if err := n.importPause(ctx, made.Bin); err != nil {
				return err
			}
		}
	}
	if err := n.awaitNode(ctx, since); err != nil {
		return err
	}
	if running {
		n.Report("the node is up already")
	} else {
		n.Report("the node is up (%.1f s)", time.Since(began).Seconds())
	}
	return nil
}

// prepare returns the node that is there if its components can go on with what they left, and otherwise makes a new one.
// After a reboot, or when making it was interrupted, nothing is worth keeping.
func (n Node) prepare(bin string) (record, error) {
	boot, err := process.BootID()
	if err != nil {
		return record{}, err
	}
	made, err := n.load()
	switch {
	case err == nil && made.BootID == boot && network.Exists(n.Layout):
		if made.Bin != bin {
			return record{}, fmt.Errorf("the node runs the programs in %s, this checkout pins those in %s: run `localnode down` first", made.Bin, bin)
		}
		// cgroups may have been removed while everything was dead.
		return made, cgroup.Create(n.Layout.ComponentsCgroup())
	case err == nil && made.BootID != boot:
		n.Report("the machine was restarted since the node was made: making a new one")
	case err == nil:
		n.Report("the node's network is gone: making a new one")
	case !errors.Is(err, ErrNotMade):
		n.Report("%v: making a new node", err)
	}
	if err := n.sweep(); err != nil {
		return record{}, fmt.Errorf("removing what an earlier node left: %w", err)
	}
	made = record{BootID: boot, Bin: bin, Sysctls: readSysctls()}
	if err := n.make(made); err != nil {
		// Half a node is of no use to anybody, and its parts would be in the way.
		return record{}, errors.Join(fmt.Errorf("making the node: %w", err), n.sweep())
	}
	return made, nil
}

func (n Node) make(made record) error {
	l := n.Layout
	if err := n.claimKubeletFolder(); err != nil {
		return err
	}
	for _, dir := range []string{l.State, l.Run, l.Logs(), l.PodLogs(), l.Seccomp(), filepath.Dir(l.Config("x")), l.Config("cni")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("making a folder: %w", err)
		}
	}
	// Data of etcd and volumes of Pods are nobody else's business.
	if err := os.Chmod(l.State, 0o711); err != nil {
		return fmt.Errorf("closing the state folder: %w", err)
	}
	if err := pki.Write(filepath.Dir(l.PKI("ca.crt")), time.Now(), render.Certificates(l)); err != nil {
		return err
	}
	snapshotter := "overlayfs"
	if err := overlayWorks(l.State); err != nil {
		n.Report("overlayfs does not work below %s (%v): image layers are copied", l.State, err)
		snapshotter = "native"
	}
	files, err := render.Files(render.Inputs{Layout: l, Bin: made.Bin, Snapshotter: snapshotter})
	if err != nil {
		return err
	}
	for path, content := range files {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return fmt.Errorf("writing configuration: %w", err)
		}
	}
	if err := cgroup.Create(l.ComponentsCgroup()); err != nil {
		return err
	}
	if err := network.Up(l); err != nil {
		return err
	}
	return n.save(made)
}

// claimKubeletFolder refuses to work in the folder of a kubelet that is not ours.
func (n Node) claimKubeletFolder() error {
	l := n.Layout
	entries, err := os.ReadDir(l.Kubelet)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("looking for another kubelet: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s belongs to another kubelet: this machine seems to be a Kubernetes node already; "+
			"set STRATBOX_NODE_NUMBER=1 to use other folders", l.Kubelet)
	}
	if err := os.MkdirAll(l.Kubelet, 0o755); err != nil {
		return fmt.Errorf("making the kubelet's folder: %w", err)
	}
	return os.WriteFile(l.KubeletMark(), nil, 0o644)
}

// overlayWorks tries an overlay mount below dir.
func overlayWorks(dir string) error {
	trial, err := os.MkdirTemp(dir, "overlay-trial-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(trial) }()
	for _, name := range []string{"lower", "upper", "work", "merged"} {
		if err := os.Mkdir(filepath.Join(trial, name), 0o755); err != nil {
			return err
		}
	}
	merged := filepath.Join(trial, "merged")
	options := fmt.Sprintf("lowerdir=%[1]s/lower,upperdir=%[1]s/upper,workdir=%[1]s/work", trial)
	if err := unix.Mount("overlay", merged, "overlay", 0, options); err != nil {
		return err
	}
	return unix.Unmount(merged, 0)
}

func readSysctls() map[string]string {
	values := map[string]string{}
	for _, name := range hostSysctls {
		if value, err := os.ReadFile(filepath.Join("/proc/sys", name)); err == nil {
			values[name] = string(value)
		}
	}
	return values
}

func (n Node) importPause(ctx context.Context, bin string) error {
	if n.ctr(ctx, bin, "image", "inspect", render.PauseImage).Run() == nil {
		return nil
	}
	archive := filepath.Join(n.Layout.Run, "pause.tar")
	if err := pauseimage.Write(archive, render.PauseImage, filepath.Join(bin, "pause")); err != nil {
		return err
	}
	defer func() { _ = os.Remove(archive) }()
	if out, err := n.ctr(ctx, bin, "image", "import", "--local", archive).CombinedOutput(); err != nil {
		return fmt.Errorf("importing the pause image: %w: %s", err, out)
	}
	return nil
}

// awaitNode waits until a Pod would be accepted and started.
func (n Node) awaitNode(ctx context.Context, since time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, readyPatience)
	defer cancel()
	for {
		reason := n.nodeNotReady(ctx, since)
		if reason == "" {
			// The controller manager makes it, and without it no Pod is accepted.
			if err := n.api(ctx, "/api/v1/namespaces/default/serviceaccounts/default", &struct{}{}); err != nil {
				reason = err.Error()
			}
		}
		if reason == "" {
			return nil
		}
		select {
		case <-ctx.Done():
			component, err := n.component("kubelet")
			if err != nil {
				return err
			}
			return n.explain(component, fmt.Errorf("runs, but the node was not ready after %s (%s)", readyPatience, reason))
		case <-time.After(pollInterval):
		}
	}
}
