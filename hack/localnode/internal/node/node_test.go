package node

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stratbox/stratbox/hack/localnode/internal/layout"
	"github.com/stratbox/stratbox/hack/localnode/internal/render"
)

func TestANodeIsReadyWhenItsKubeletSaysSoNow(t *testing.T) {
	started := time.Date(2026, 11, 1, 12, 0, 0, 500, time.UTC)
	ready := func(status string, heartbeat time.Time) nodeObject {
		object := nodeObject{}
		object.Status.Conditions = []condition{
			{Type: "MemoryPressure", Status: "False", LastHeartbeatTime: heartbeat},
			{Type: "Ready", Status: status, Message: "PLEG is not healthy", LastHeartbeatTime: heartbeat},
		}
		return object
	}
	for name, test := range map[string]struct {
		object nodeObject
		since  time.Time
		want   string
	}{
		"a new Node without conditions":               {nodeObject{}, started, "the kubelet has not reported its state yet"},
		"ready since it was started":                  {ready("True", started.Add(time.Second)), started, ""},
		"ready in the second in which it was started": {ready("True", started.Truncate(time.Second)), started, ""},
		"ready, but that was before":                  {ready("True", started.Add(-time.Second)), started, "the kubelet has not reported since it was started"},
		"ready, whenever that was":                    {ready("True", started.Add(-time.Hour)), time.Time{}, ""},
		"not ready":                                   {ready("False", started.Add(time.Second)), started, "PLEG is not healthy"},
		"not heard of for long":                       {ready("Unknown", started.Add(time.Second)), started, "PLEG is not healthy"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := test.object.notReady(test.since); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestPodsAreCountedByPhase(t *testing.T) {
	if got := countByPhase(nil); got != "none" {
		t.Errorf("no Pods: %q", got)
	}
	if got := countByPhase(map[string]int{"Running": 2, "Failed": 1}); got != "1 Failed, 2 Running" {
		t.Errorf("some Pods: %q", got)
	}
}

func TestComponentsSeeLittleOfTheCallersEnvironment(t *testing.T) {
	caller := []string{"HOME=/h", "KUBECONFIG=/k", "http_proxy=p", "SSL_CERT_FILE=/s", "PATH=/mine", "STRATBOX_NODE_NUMBER=1", "GOGC=1"}
	want := []string{"HOME=/h", "SSL_CERT_FILE=/s", "STRATBOX_NODE_NUMBER=1", "PATH=/bin-of-node:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
	if diff := cmp.Diff(want, componentEnvironment(caller, "/bin-of-node")); diff != "" {
		t.Error(diff)
	}
}

func TestTheEnvironmentSelectsTheNode(t *testing.T) {
	for value, want := range map[string]string{"": "stratbox", "0": "stratbox", "7": "stratbox7", "-1": "", "256": "", "one": "", "1x": ""} {
		l, err := Number(func(string) string { return value })
		if l.Name != want || (err == nil) != (want != "") {
			t.Errorf("%q selects %q, %v; want %q", value, l.Name, err, want)
		}
	}
}

func testNode(t *testing.T) Node {
	t.Helper()
	dir := t.TempDir()
	l, err := layout.ForNumber(0)
	if err != nil {
		t.Fatal(err)
	}
	l.State, l.Run, l.Kubelet = filepath.Join(dir, "state"), filepath.Join(dir, "run"), filepath.Join(dir, "kubelet")
	if err := os.MkdirAll(l.Logs(), 0o755); err != nil {
		t.Fatal(err)
	}
	return Node{Layout: l, Report: t.Logf}
}

func TestSettingsAreReadByAShellAsTheyAre(t *testing.T) {
	n := testNode(t)
	variables := Variables(n.Layout, "/bin-of-node", "/usr/bin")
	if got := variables[0].Quote(); got != "export PATH='/bin-of-node:/usr/bin'" {
		t.Error(got)
	}
	if again := Variables(n.Layout, "/bin-of-node", "/bin-of-node:/usr/bin")[0].Value; again != "/bin-of-node:/usr/bin" {
		t.Errorf("evaluated twice, PATH becomes %s", again)
	}
	if got := (Variable{"X", "it's"}).Quote(); got != `export X='it'\''s'` {
		t.Error(got)
	}
}

func TestComponentsGoByTheirUsualAndTheirShortName(t *testing.T) {
	n := testNode(t)
	for name, want := range map[string]string{
		"kubelet": "kubelet", "apiserver": "kube-apiserver", "kube-apiserver": "kube-apiserver", "proxy": "kube-proxy", "etcd": "etcd", "docker": "", "": "",
	} {
		got, err := n.component(name)
		if got.Name != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v; want %q", name, got.Name, err, want)
		}
	}
}

func TestANodeThatWasNotMadeIsSaidToBeMissing(t *testing.T) {
	n := testNode(t)
	if _, err := n.Bin(); !errors.Is(err, ErrNotMade) {
		t.Error(err)
	}
	if err := n.Status(t.Context(), t.Output()); !errors.Is(err, ErrNotMade) {
		t.Error(err)
	}
	if err := n.Exec([]string{"true"}); !errors.Is(err, ErrNotMade) {
		t.Error(err)
	}
	if err := n.LoadImage(t.Context(), "archive", []string{"name"}); !errors.Is(err, ErrNotMade) {
		t.Error(err)
	}
}

func TestARecordIsReadAsItWasSaved(t *testing.T) {
	n := testNode(t)
	saved := record{BootID: "b", Bin: "/bin-of-node", Sysctls: map[string]string{"kernel/panic": "0\n"}}
	if err := n.save(saved); err != nil {
		t.Fatal(err)
	}
	got, err := n.load()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(saved, got); diff != "" {
		t.Error(diff)
	}
	if err := os.WriteFile(n.Layout.Record(), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := n.load(); err == nil || errors.Is(err, ErrNotMade) {
		t.Errorf("a broken record: %v", err)
	}
}

func TestAFailureShowsTheEndOfTheLog(t *testing.T) {
	n := testNode(t)
	if err := os.WriteFile(n.Layout.Log("etcd"), []byte("first\n"+strings.Repeat("line\n", logTail-1)+"last\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := n.explain(render.Component{Name: "etcd"}, errEnded)
	if !errors.Is(err, errEnded) || !strings.Contains(err.Error(), n.Layout.Log("etcd")) || !strings.HasSuffix(err.Error(), "\nlast") {
		t.Error(err)
	}
	if strings.Contains(err.Error(), "first") {
		t.Errorf("more than the end: %v", err)
	}
}

func TestAnotherKubeletsFolderIsRefusedAndLeftAlone(t *testing.T) {
	n := testNode(t)
	foreign := filepath.Join(n.Layout.Kubelet, "pods")
	if err := os.MkdirAll(foreign, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := n.claimKubeletFolder(); err == nil || !strings.Contains(err.Error(), "belongs to another kubelet") {
		t.Error(err)
	}
	if folders := n.ownedKubeletFolders(); folders != nil {
		t.Errorf("%v would be removed", folders)
	}
	if err := os.Remove(foreign); err != nil {
		t.Fatal(err)
	}
	if err := n.claimKubeletFolder(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{n.Layout.Kubelet}, n.ownedKubeletFolders()); diff != "" {
		t.Error(diff)
	}
}
