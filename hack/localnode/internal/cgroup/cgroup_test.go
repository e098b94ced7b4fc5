package cgroup

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stratbox/stratbox/hack/localnode/internal/mounts"
)

func TestHierarchiesOfBothVersionsCountOnce(t *testing.T) {
	all := []mounts.Mount{
		{Point: "/proc", Type: "proc"},
		{Point: "/sys/fs/cgroup/memory", Type: "cgroup"},
		{Point: "/sys/fs/cgroup/unified", Type: "cgroup2"},
		{Point: "/sys/fs/cgroup/memory", Type: "cgroup"},
	}
	want := []string{"/sys/fs/cgroup/memory", "/sys/fs/cgroup/unified"}
	if diff := cmp.Diff(want, Hierarchies(all)); diff != "" {
		t.Error(diff)
	}
}

func write(t *testing.T, content string, path ...string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(path...), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestCreateOnVersion1GivesAnEmptyCpusetItsParents(t *testing.T) {
	root := t.TempDir()
	child := filepath.Join(root, "node")
	if err := os.Mkdir(child, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, "0-1\n", root, "cpuset.cpus")
	write(t, "0\n", root, "cpuset.mems")
	write(t, "", child, "tasks")
	write(t, "\n", child, "cpuset.cpus")
	write(t, "0-3\n", child, "cpuset.mems")
	if err := create(root, "/node"); err != nil {
		t.Fatal(err)
	}
	if got := read(t, child, "cpuset.cpus"); got != "0-1\n" {
		t.Errorf("cpuset.cpus is %q, want the parent's", got)
	}
	if got := read(t, child, "cpuset.mems"); got != "0-3\n" {
		t.Errorf("cpuset.mems is %q, want what was set already", got)
	}
}

func TestCreateOnVersion2DelegatesTheParentsControllers(t *testing.T) {
	root := t.TempDir()
	write(t, "memory\n", root, "cgroup.controllers")
	write(t, "", root, "cgroup.subtree_control")
	if err := create(root, "/node/components"); err != nil {
		t.Fatal(err)
	}
	if got := read(t, root, "cgroup.subtree_control"); got != "+memory" {
		t.Errorf("the parent's subtree_control got %q, want +memory", got)
	}
	if _, err := os.Stat(filepath.Join(root, "node", "components")); err != nil {
		t.Error(err)
	}
}

func TestTreeListsParentsFirstAndNothingWhereNothingIs(t *testing.T) {
	root := t.TempDir()
	if err := create(root, "a/b"); err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.Join(root, "a"), filepath.Join(root, "a", "b")}
	if diff := cmp.Diff(want, tree(filepath.Join(root, "a"))); diff != "" {
		t.Error(diff)
	}
	if got := tree(filepath.Join(root, "missing")); len(got) != 0 {
		t.Errorf("tree of a missing folder: %v", got)
	}
}

func TestWhyBusyNamesTheProcesses(t *testing.T) {
	dir := t.TempDir()
	if got := whyBusy([]string{dir}); got != "it stays busy" {
		t.Errorf("without processes: %q", got)
	}
	write(t, "12\n13\n", dir, "cgroup.procs")
	if got := whyBusy([]string{dir}); got != "it holds processes 12 13" {
		t.Errorf("with processes: %q", got)
	}
}
