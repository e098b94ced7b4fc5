package layout

import (
	"strings"
	"testing"
)

func TestForNumberRefusesNumbersThatFitNoAddress(t *testing.T) {
	for number, valid := range map[int]bool{-1: false, 0: true, 1: true, MaxNumber: true, MaxNumber + 1: false} {
		if _, err := ForNumber(number); (err == nil) != valid {
			t.Errorf("ForNumber(%d): error %v, want valid %t", number, err, valid)
		}
	}
}

func TestTheFirstNodeUsesTheFoldersPeopleExpect(t *testing.T) {
	l, err := ForNumber(0)
	if err != nil {
		t.Fatal(err)
	}
	for what, pair := range map[string][2]string{
		"seccomp profiles": {l.Seccomp(), "/var/lib/kubelet/seccomp"},
		"kubeconfig":       {l.Kubeconfig(), "/var/lib/stratbox-node/config/admin.kubeconfig"},
		"namespace":        {l.Netns(), "/run/netns/stratbox"},
		"API server":       {l.APIServer(), "https://10.213.0.2:6443"},
		"a certificate":    {l.PKI("ca.crt"), "/var/lib/stratbox-node/pki/ca.crt"},
		"a log":            {l.Log("kubelet"), "/var/lib/stratbox-node/logs/kubelet.log"},
		"container logs":   {l.PodLogs(), "/var/lib/stratbox-node/pods"},
		"the record":       {l.Record(), "/var/lib/stratbox-node/node.json"},
		"a process record": {l.ProcessRecord("etcd"), "/run/stratbox-node/processes/etcd.json"},
		"containerd":       {l.ContainerdSocket(), "/run/stratbox-node/containerd.sock"},
		"the kubelet mark": {l.KubeletMark(), "/var/lib/kubelet/.stratbox-node"},
		"components":       {l.ComponentsCgroup(), "/stratbox-node/components"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %s, want %s", what, pair[0], pair[1])
		}
	}
}

func TestTwoNodesShareNothing(t *testing.T) {
	first, err := ForNumber(0)
	if err != nil {
		t.Fatal(err)
	}
	second, err := ForNumber(1)
	if err != nil {
		t.Fatal(err)
	}
	for what, pair := range map[string][2]string{
		"name": {first.Name, second.Name}, "state": {first.State, second.State}, "run": {first.Run, second.Run},
		"kubelet": {first.Kubelet, second.Kubelet}, "cgroup": {first.Cgroup, second.Cgroup}, "link": {first.HostLink, second.HostLink},
		"address": {first.NodeAddress, second.NodeAddress}, "pods": {first.PodSubnet, second.PodSubnet},
		"services": {first.ServiceSubnet, second.ServiceSubnet}, "network": {first.CNINetworkName, second.CNINetworkName},
	} {
		if pair[0] == pair[1] || strings.HasPrefix(pair[1], pair[0]+"/") {
			t.Errorf("%s: %s and %s", what, pair[0], pair[1])
		}
	}
}

func TestLinkNamesFitTheKernel(t *testing.T) {
	l, err := ForNumber(MaxNumber)
	if err != nil {
		t.Fatal(err)
	}
	// IFNAMSIZ is 16 with the terminating zero.
	if len(l.HostLink) > 15 {
		t.Errorf("%s has %d characters, at most 15 fit", l.HostLink, len(l.HostLink))
	}
	// sun_path is 108 with the terminating zero; a shim's socket is named by 64 hexadecimal digits.
	if longest := l.Run + "/shims/" + strings.Repeat("0", 64); len(longest) > 107 {
		t.Errorf("%s has %d characters, at most 107 fit", longest, len(longest))
	}
}
