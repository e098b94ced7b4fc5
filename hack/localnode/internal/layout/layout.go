// Package layout answers where a local node keeps things and which names and addresses it uses.
// It knows nothing about how they are made: every value is computed from the node's number alone.
package layout

import (
	"fmt"
	"path/filepath"
	"strconv"
)

// MaxNumber is the highest node number: the number is one byte of every address.
const MaxNumber = 255

// Fixed ports of the control plane; every node has a network namespace of its own, so they never clash.
const (
	APIServerPort = 6443
	EtcdPort      = 2379
)

// NodeName is the name of the only Node object.
const NodeName = "node0"

// Layout is the set of paths, names and addresses of one local node.
type Layout struct {
	Number int
	// Name is the network namespace's name and the prefix of everything else that needs one.
	Name string
	// State survives a restart of the components: certificates, etcd's data, images, logs.
	State string
	// Run holds sockets, process records and containerd's volatile state.
	Run string
	// Kubelet is the kubelet's root directory; seccomp profiles live below it.
	Kubelet string
	// Cgroup is the path of the node's cgroup below each hierarchy's root.
	Cgroup string

	// HostLink and NodeLink are the two ends of the veth pair between the machine and the node.
	HostLink, NodeLink string
	HostAddress        string
	NodeAddress        string
	LinkPrefix         int

	PodSubnet, PodGateway           string
	ServiceSubnet, KubernetesAddr   string
	UnservedDNSAddr, CNINetworkName string
}

// ForNumber lays out node number n. Node 0 uses the paths people expect of a kubelet; every further node stays below its own folders.
func ForNumber(n int) (Layout, error) {
	if n < 0 || n > MaxNumber {
		return Layout{}, fmt.Errorf("node number %d is not between 0 and %d", n, MaxNumber)
	}
	suffix := ""
	if n > 0 {
		suffix = strconv.Itoa(n)
	}
	l := Layout{
		Number:  n,
		Name:    "stratbox" + suffix,
		State:   "/var/lib/stratbox-node" + suffix,
		Run:     "/run/stratbox-node" + suffix,
		Kubelet: "/var/lib/kubelet",
		Cgroup:  "/stratbox-node" + suffix,

		HostLink:    "sbx-host" + suffix,
		NodeLink:    "eth0",
		HostAddress: fmt.Sprintf("10.213.%d.1", n),
		NodeAddress: fmt.Sprintf("10.213.%d.2", n),
		LinkPrefix:  30,

		PodSubnet:       fmt.Sprintf("10.214.%d.0/24", n),
		PodGateway:      fmt.Sprintf("10.214.%d.1", n),
		ServiceSubnet:   fmt.Sprintf("10.215.%d.0/24", n),
		KubernetesAddr:  fmt.Sprintf("10.215.%d.1", n),
		UnservedDNSAddr: fmt.Sprintf("10.215.%d.10", n),
		CNINetworkName:  "stratbox" + suffix,
	}
	if n > 0 {
		l.Kubelet = filepath.Join(l.State, "kubelet")
	}
	return l, nil
}

// PKI is the file of that name in the certificate folder.
func (l Layout) PKI(name string) string { return filepath.Join(l.State, "pki", name) }

// Config is the file of that name in the folder of rendered configuration.
func (l Layout) Config(name string) string { return filepath.Join(l.State, "config", name) }

// Logs is the folder of the components' logs.
func (l Layout) Logs() string { return filepath.Join(l.State, "logs") }

// Log is the log of one component.
func (l Layout) Log(component string) string { return filepath.Join(l.Logs(), component+".log") }

// PodLogs is the folder in which the kubelet keeps container logs.
func (l Layout) PodLogs() string { return filepath.Join(l.State, "pods") }

// Seccomp is the folder that Localhost seccomp profiles are named relative to.
func (l Layout) Seccomp() string { return filepath.Join(l.Kubelet, "seccomp") }

// KubeletMark is a file that tells a kubelet folder of ours from somebody else's.
func (l Layout) KubeletMark() string { return filepath.Join(l.Kubelet, ".stratbox-node") }

// Kubeconfig is the administrator's kubeconfig.
func (l Layout) Kubeconfig() string { return l.Config("admin.kubeconfig") }

// Record is the file that describes the node that was started here.
func (l Layout) Record() string { return filepath.Join(l.State, "node.json") }

// ProcessRecord is the file that identifies the running process of one component.
func (l Layout) ProcessRecord(component string) string {
	return filepath.Join(l.Run, "processes", component+".json")
}

// Netns is the file the network namespace is mounted on.
func (l Layout) Netns() string { return "/run/netns/" + l.Name }

// ContainerdSocket is where containerd answers.
func (l Layout) ContainerdSocket() string { return filepath.Join(l.Run, "containerd.sock") }

// ComponentsCgroup holds the components and what they start, apart from the Pods.
func (l Layout) ComponentsCgroup() string { return filepath.Join(l.Cgroup, "components") }

// APIServer is the API server's URL, the same from the machine, the node and its Pods.
func (l Layout) APIServer() string {
	return fmt.Sprintf("https://%s:%d", l.NodeAddress, APIServerPort)
}
