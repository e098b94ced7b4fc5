package render

import (
	"fmt"
	"path/filepath"

	"github.com/stratbox/stratbox/hack/localnode/internal/layout"
)

// Component is one long-running process of the node.
type Component struct {
	Name string
	// Args begin with the program's name.
	Args []string
	// Health is a URL that answers 200 once the component works, asked from inside the node's network; empty for containerd, which is asked over its socket.
	Health string
}

// Components lists the processes in the order they are started: each needs those before it.
func Components(l layout.Layout) []Component {
	etcd := fmt.Sprintf("http://127.0.0.1:%d", layout.EtcdPort)
	return []Component{
		{Name: "etcd", Health: etcd + "/readyz", Args: []string{
			"etcd", "--name=" + l.Name, "--data-dir=" + filepath.Join(l.State, "etcd"),
			"--listen-client-urls=" + etcd, "--advertise-client-urls=" + etcd,
			"--listen-peer-urls=http://127.0.0.1:2380", "--initial-advertise-peer-urls=http://127.0.0.1:2380",
			"--initial-cluster=" + l.Name + "=http://127.0.0.1:2380",
			// The data is thrown away at the next boot, so nothing has to survive a loss of power.
			"--unsafe-no-fsync", "--log-level=warn",
		}},
		{Name: "kube-apiserver", Health: fmt.Sprintf("https://127.0.0.1:%d/readyz", layout.APIServerPort), Args: []string{
			"kube-apiserver", "--etcd-servers=" + etcd,
			fmt.Sprintf("--secure-port=%d", layout.APIServerPort), "--advertise-address=" + l.NodeAddress,
			"--service-cluster-ip-range=" + l.ServiceSubnet,
			"--tls-cert-file=" + l.PKI("apiserver.crt"), "--tls-private-key-file=" + l.PKI("apiserver.key"),
			"--client-ca-file=" + l.PKI("ca.crt"), "--authorization-mode=Node,RBAC",
			// Pod Security, LimitRanger, ResourceQuota and the other defaults stay on.
			"--enable-admission-plugins=NodeRestriction",
			"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
			"--service-account-key-file=" + l.PKI("service-account.pub"), "--service-account-signing-key-file=" + l.PKI("service-account.key"),
			"--kubelet-certificate-authority=" + l.PKI("ca.crt"), "--kubelet-preferred-address-types=InternalIP",
			"--kubelet-client-certificate=" + l.PKI("apiserver-kubelet-client.crt"), "--kubelet-client-key=" + l.PKI("apiserver-kubelet-client.key"),
			"--allow-privileged=true", "--profiling=false",
		}},
		{Name: "kube-controller-manager", Health: "https://127.0.0.1:10257/healthz", Args: []string{
			"kube-controller-manager", "--bind-address=127.0.0.1", "--leader-elect=false", "--profiling=false",
			"--kubeconfig=" + l.Config("kube-controller-manager.kubeconfig"), "--use-service-account-credentials=true",
			"--service-account-private-key-file=" + l.PKI("service-account.key"), "--root-ca-file=" + l.PKI("ca.crt"),
			"--cluster-signing-cert-file=" + l.PKI("ca.crt"), "--cluster-signing-key-file=" + l.PKI("ca.key"),
			"--cert-dir=" + filepath.Join(l.Run, "certificates"), "--flex-volume-plugin-dir=" + filepath.Join(l.State, "volume-plugins"),
		}},
		{Name: "kube-scheduler", Health: "https://127.0.0.1:10259/healthz", Args: []string{
			"kube-scheduler", "--bind-address=127.0.0.1", "--leader-elect=false", "--profiling=false",
			"--kubeconfig=" + l.Config("kube-scheduler.kubeconfig"), "--cert-dir=" + filepath.Join(l.Run, "certificates"),
		}},
		{Name: "containerd", Args: []string{"containerd", "--config=" + l.Config("containerd.toml"), "--log-level=info"}},
		{Name: "kubelet", Health: "http://127.0.0.1:10248/healthz", Args: []string{
			"kubelet", "--config=" + l.Config("kubelet.yaml"), "--kubeconfig=" + l.Config("kubelet.kubeconfig"),
			"--root-dir=" + l.Kubelet, "--cert-dir=" + filepath.Join(l.Run, "certificates"),
			"--hostname-override=" + layout.NodeName, "--node-ip=" + l.NodeAddress,
		}},
		{Name: "kube-proxy", Health: "http://127.0.0.1:10256/livez", Args: []string{"kube-proxy", "--config=" + l.Config("kube-proxy.yaml")}},
	}
}
