package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/stratbox/stratbox/hack/localnode/internal/cgroup"
	"github.com/stratbox/stratbox/hack/localnode/internal/mounts"
	"github.com/stratbox/stratbox/hack/localnode/internal/network"
)

const sweepPatience = 30 * time.Second

// Folders that Kubernetes and CNI share between all nodes of a machine and whose place cannot be configured.
const (
	containerLogLinks = "/var/log/containers"
	cniFolder         = "/var/lib/cni"
)

// Down takes the node away: processes, mounts, network, cgroups and state. It is safe where no node was made.
func (n Node) Down() error {
	release, err := n.lock()
	if err != nil {
		return err
	}
	defer release()
	began := time.Now()
	if err := n.sweep(); err != nil {
		return err
	}
	left, err := n.left()
	if err != nil {
		return err
	}
	if len(left) > 0 {
		return fmt.Errorf("the node is down, but this is left of it:\n  %s", strings.Join(left, "\n  "))
	}
	n.Report("the node is down and nothing is left of it (%.1f s)", time.Since(began).Seconds())
	return nil
}

// sweep removes whatever there is of a node, in the order in which one thing holds another. It goes on after a failure, so that as little as possible is left.
func (n Node) sweep() error {
	l := n.Layout
	made, loadErr := n.load()
	var failed []error
	add := func(err error) {
		if err != nil {
			failed = append(failed, err)
		}
	}
	// Components, shims and Pods are all below this one cgroup, whoever started them and whatever was recorded of them.
	add(cgroup.Empty(l.Cgroup, sweepPatience))
	kubelet := n.ownedKubeletFolders()
	add(mounts.DetachBelow(append([]string{l.State, l.Run}, kubelet...)...))
	add(network.Down(l))
	add(cgroup.Remove(l.Cgroup, sweepPatience))
	if loadErr == nil {
		for name, value := range made.Sysctls {
			add(os.WriteFile(filepath.Join("/proc/sys", name), []byte(value), 0o644))
		}
	}
	add(n.removeSharedEntries())
	if len(failed) == 0 {
		// State goes last and only when nothing is mounted in it any more: removing must not reach into a volume.
		for _, dir := range append(kubelet, l.Run, l.State) {
			add(os.RemoveAll(dir))
		}
	}
	return errors.Join(failed...)
}

// ownedKubeletFolders is the kubelet's folder if it is ours.
func (n Node) ownedKubeletFolders() []string {
	if _, err := os.Lstat(n.Layout.KubeletMark()); err != nil {
		return nil
	}
	return []string{n.Layout.Kubelet}
}

// removeSharedEntries takes this node's entries out of folders that other nodes may use too.
func (n Node) removeSharedEntries() error {
	var failed []error
	remove := func(dir string, ours func(path, name string) bool) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				failed = append(failed, err)
			}
			return
		}
		for _, entry := range entries {
			path := filepath.Join(dir, entry.Name())
			if ours(path, entry.Name()) {
				failed = append(failed, os.Remove(path))
			}
		}
		// Fails, as it should, when somebody else's entries are left.
		_ = os.Remove(dir)
	}
	remove(containerLogLinks, func(path, _ string) bool {
		target, err := os.Readlink(path)
		return err == nil && strings.HasPrefix(target, n.Layout.PodLogs()+"/")
	})
	remove(filepath.Join(cniFolder, "results"), func(_, name string) bool {
		return strings.HasPrefix(name, n.Layout.CNINetworkName+"-") || strings.HasPrefix(name, "cni-loopback-")
	})
	_ = os.Remove(cniFolder)
	return errors.Join(failed...)
}

// left lists what a sweep should have removed.
func (n Node) left() ([]string, error) {
	l := n.Layout
	left := network.Left(l)
	groups, err := cgroup.Left(l.Cgroup)
	if err != nil {
		return nil, err
	}
	for _, group := range groups {
		left = append(left, "cgroup "+group)
	}
	all, err := mounts.All()
	if err != nil {
		return nil, err
	}
	for _, point := range mounts.Below(all, append([]string{l.State, l.Run}, n.ownedKubeletFolders()...)...) {
		left = append(left, "mount "+point)
	}
	for _, dir := range append([]string{l.State, l.Run}, n.ownedKubeletFolders()...) {
		if _, err := os.Lstat(dir); err == nil {
			left = append(left, "folder "+dir)
		}
	}
	return left, nil
}
