// Package cgroup keeps all processes of a node below one cgroup, on cgroup v1, v2 or both at once, so that none can be lost.
package cgroup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stratbox/stratbox/hack/localnode/internal/mounts"
)

// Hierarchies picks the mount points of all cgroup hierarchies.
func Hierarchies(all []mounts.Mount) []string {
	var points []string
	for _, mount := range all {
		if (mount.Type == "cgroup" || mount.Type == "cgroup2") && !slices.Contains(points, mount.Point) {
			points = append(points, mount.Point)
		}
	}
	return points
}

func hierarchies() ([]string, error) {
	all, err := mounts.All()
	if err != nil {
		return nil, err
	}
	points := Hierarchies(all)
	if len(points) == 0 {
		return nil, errors.New("no cgroup hierarchy is mounted: a container runtime needs one")
	}
	return points, nil
}

// Create makes the cgroup in every hierarchy.
func Create(path string) error {
	points, err := hierarchies()
	if err != nil {
		return err
	}
	for _, point := range points {
		if err := create(point, path); err != nil {
			return fmt.Errorf("making cgroup %s in %s: %w", path, point, err)
		}
	}
	return nil
}

func create(point, path string) error {
	dir := point
	for part := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		parent := dir
		dir = filepath.Join(dir, part)
		delegate(parent)
		if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		// On cgroup v1 a cpuset starts empty and accepts no process until it is told its CPUs and memory nodes.
		for _, name := range []string{"cpuset.cpus", "cpuset.mems"} {
			if _, err := os.Stat(filepath.Join(dir, "tasks")); err != nil {
				break
			}
			if err := inherit(parent, dir, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// delegate lets children have every controller the cgroup has, as the kubelet expects of its root. On cgroup v2 alone is there
// anything to do; a controller the machine refuses is named by the kubelet, if it needs that one.
func delegate(dir string) {
	controllers, err := os.ReadFile(filepath.Join(dir, "cgroup.controllers"))
	if err != nil {
		return
	}
	for controller := range strings.FieldsSeq(string(controllers)) {
		_ = os.WriteFile(filepath.Join(dir, "cgroup.subtree_control"), []byte("+"+controller), 0o644)
	}
}

func inherit(parent, dir, name string) error {
	own, err := os.ReadFile(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) || len(strings.TrimSpace(string(own))) > 0 {
		return nil
	}
	value, err := os.ReadFile(filepath.Join(parent, name))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name), value, 0o644)
}

// Join moves the calling process into the cgroup in every hierarchy.
func Join(path string) error {
	points, err := hierarchies()
	if err != nil {
		return err
	}
	pid := []byte(strconv.Itoa(os.Getpid()))
	for _, point := range points {
		if err := os.WriteFile(filepath.Join(point, path, "cgroup.procs"), pid, 0o644); err != nil {
			return fmt.Errorf("joining cgroup %s: %w", path, err)
		}
	}
	return nil
}

// Processes lists the processes in the cgroup and below it, each once.
func Processes(path string) ([]int, error) {
	points, err := hierarchies()
	if err != nil {
		return nil, err
	}
	seen := map[int]bool{}
	for _, point := range points {
		for _, dir := range tree(filepath.Join(point, path)) {
			text, err := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
			if err != nil {
				continue
			}
			for field := range strings.FieldsSeq(string(text)) {
				// 0 stands for a process outside this process namespace, which cannot be signalled from here.
				if pid, err := strconv.Atoi(field); err == nil && pid > 0 {
					seen[pid] = true
				}
			}
		}
	}
	pids := make([]int, 0, len(seen))
	for pid := range seen {
		pids = append(pids, pid)
	}
	slices.Sort(pids)
	return pids, nil
}

// tree lists the folder and all below it, parents first. What vanishes meanwhile is left out.
func tree(root string) []string {
	var dirs []string
	_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if entry.IsDir() {
			dirs = append(dirs, path)
		}
		return nil
	})
	return dirs
}

// Empty kills every process in the cgroup and below it, until none is left or the patience is over.
func Empty(path string, patience time.Duration) error {
	deadline := time.Now().Add(patience)
	for {
		pids, err := Processes(path)
		if err != nil {
			return err
		}
		if len(pids) == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("processes %v in cgroup %s survived SIGKILL", pids, path)
		}
		for _, pid := range pids {
			if pid != os.Getpid() {
				_ = unix.Kill(pid, unix.SIGKILL)
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Remove takes the cgroup and all below it out of every hierarchy. A cgroup whose last process is just ending is waited for.
func Remove(path string, patience time.Duration) error {
	points, err := hierarchies()
	if err != nil {
		return err
	}
	deadline := time.Now().Add(patience)
	for _, point := range points {
		for {
			for _, dir := range slices.Backward(tree(filepath.Join(point, path))) {
				_ = unix.Rmdir(dir)
			}
			left := tree(filepath.Join(point, path))
			if len(left) == 0 {
				break
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("cgroup %s cannot be removed: %s", left[0], whyBusy(left))
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	return nil
}

func whyBusy(dirs []string) string {
	for _, dir := range dirs {
		if text, err := os.ReadFile(filepath.Join(dir, "cgroup.procs")); err == nil && len(text) > 0 {
			return "it holds processes " + strings.Join(strings.Fields(string(text)), " ")
		}
	}
	return "it stays busy"
}

// Left lists the node's cgroups that still exist.
func Left(path string) ([]string, error) {
	points, err := hierarchies()
	if err != nil {
		return nil, err
	}
	var left []string
	for _, point := range points {
		left = append(left, tree(filepath.Join(point, path))...)
	}
	return left, nil
}
