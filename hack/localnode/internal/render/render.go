// Package render answers what each component of a node is told: its arguments, its configuration file and its certificate.
// Everything follows from the layout; nothing is read or written here.
package render

import (
	"bytes"
	"embed"
	"fmt"
	"path"
	"text/template"

	"github.com/stratbox/stratbox/hack/localnode/internal/layout"
	"github.com/stratbox/stratbox/hack/localnode/internal/pki"
)

// PauseImage is the image of the process that holds a Pod's namespaces.
const PauseImage = "stratbox.dev/pause:local"

//go:embed templates
var templates embed.FS

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
	files := map[string][]byte{}
	render := func(target, name, client string) error {
		parsed, err := template.ParseFS(templates, path.Join("templates", name))
		if err != nil {
			return fmt.Errorf("parsing template %s: %w", name, err)
		}
		var text bytes.Buffer
		if err := parsed.Execute(&text, struct {
			Inputs
			Client, NodeName, PauseImage string
		}{in, client, layout.NodeName, PauseImage}); err != nil {
			return fmt.Errorf("rendering %s: %w", name, err)
		}
		files[in.Layout.Config(target)] = text.Bytes()
		return nil
	}
	for _, name := range []string{"kubelet.yaml", "kube-proxy.yaml", "containerd.toml"} {
		if err := render(name, name, ""); err != nil {
			return nil, err
		}
	}
	if err := render("cni/10-stratbox.conflist", "cni.conflist", ""); err != nil {
		return nil, err
	}
	for _, client := range clients {
		if err := render(client.File+".kubeconfig", "kubeconfig.yaml", client.File); err != nil {
			return nil, err
		}
	}
	return files, nil
}
