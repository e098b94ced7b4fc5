// Package render answers what each component of a node is told: its arguments, its configuration file and its certificate.
// Everything follows from the layout; nothing is read or written here.
package render

import (
	"bytes"
	"embed"
	"fmt"
	"text/template"

	"github.com/stratbox/stratbox/hack/localnode/internal/layout"
	"github.com/stratbox/stratbox/hack/localnode/internal/pki"
)

// PauseImage is the image of the process that holds a Pod's namespaces.
const PauseImage = "stratbox.dev/pause:local"

//go:embed templates
var files embed.FS

var templates = template.Must(template.ParseFS(files, "templates/*"))

// Inputs are what the configuration depends on.
type Inputs struct {
	Layout layout.Layout
	// Bin is the folder of the node's programs.
	Bin string
	// Snapshotter is containerd's way to stack image layers: overlayfs, or native where the file system cannot.
	Snapshotter string
}

// clients are the certificates that a kubeconfig is written for.
var clients = []pki.Subject{
	{File: "admin", User: "stratbox-admin", Group: "system:masters"},
	{File: "kube-controller-manager", User: "system:kube-controller-manager"},
	{File: "kube-scheduler", User: "system:kube-scheduler"},
	{File: "kube-proxy", User: "system:kube-proxy"},
	{File: "kubelet", User: "system:node:" + layout.NodeName, Group: "system:nodes"},
}

// Certificates lists every certificate of the node.
func Certificates(l layout.Layout) []pki.Subject {
	servers := []pki.Subject{
		{File: "apiserver", User: "kube-apiserver", Hosts: []string{
			l.NodeAddress, l.KubernetesAddr, "127.0.0.1", "localhost",
			"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
		}},
		{File: "kubelet-server", User: "system:node:" + layout.NodeName, Hosts: []string{l.NodeAddress, layout.NodeName}},
		// What the API server shows to the kubelet, which asks the API server whether it may.
		{File: "apiserver-kubelet-client", User: "kube-apiserver-kubelet-client", Group: "system:masters"},
	}
	return append(servers, clients...)
}

// Files renders every configuration file by its path.
func Files(in Inputs) (map[string][]byte, error) {
	type source struct{ template, client string }
	sources := map[string]source{
		"kubelet.yaml":             {template: "kubelet.yaml"},
		"kube-proxy.yaml":          {template: "kube-proxy.yaml"},
		"containerd.toml":          {template: "containerd.toml"},
		"cni/10-stratbox.conflist": {template: "cni.conflist"},
	}
	for _, client := range clients {
		sources[client.File+".kubeconfig"] = source{"kubeconfig.yaml", client.File}
	}
	rendered := map[string][]byte{}
	for name, from := range sources {
		var text bytes.Buffer
		if err := templates.ExecuteTemplate(&text, from.template, struct {
			Inputs
			Client, NodeName, PauseImage string
		}{in, from.client, layout.NodeName, PauseImage}); err != nil {
			return nil, fmt.Errorf("rendering %s: %w", name, err)
		}
		rendered[in.Layout.Config(name)] = text.Bytes()
	}
	return rendered, nil
}
