package render

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"sigs.k8s.io/yaml"

	"github.com/stratbox/stratbox/hack/localnode/internal/layout"
)

func rendered(t *testing.T, number int) (layout.Layout, map[string][]byte) {
	t.Helper()
	l, err := layout.ForNumber(number)
	if err != nil {
		t.Fatal(err)
	}
	files, err := Files(Inputs{Layout: l, Bin: "/cache/bin", Snapshotter: "native"})
	if err != nil {
		t.Fatal(err)
	}
	return l, files
}

// parsed decodes a rendered file by its format.
func parsed(t *testing.T, path string, content []byte) map[string]any {
	t.Helper()
	into := map[string]any{}
	var err error
	switch filepath.Ext(path) {
	case ".toml":
		err = toml.Unmarshal(content, &into)
	case ".conflist":
		err = json.Unmarshal(content, &into)
	default:
		err = yaml.UnmarshalStrict(content, &into)
	}
	if err != nil {
		t.Fatalf("%s: %v\n%s", path, err, content)
	}
	return into
}

// at follows keys into nested tables.
func at(t *testing.T, value any, keys ...string) any {
	t.Helper()
	for _, key := range keys {
		table, ok := value.(map[string]any)
		if !ok || table[key] == nil {
			t.Fatalf("there is no %s in %v", key, value)
		}
		value = table[key]
	}
	return value
}

func TestEveryFileIsWellFormedAndOfItsOwnNode(t *testing.T) {
	for _, number := range []int{0, 1} {
		l, files := rendered(t, number)
		if len(files) != 4+len(clients) {
			t.Errorf("node %d has %d files", number, len(files))
		}
		for path, content := range files {
			parsed(t, path, content)
			if !strings.HasPrefix(path, l.State+"/config/") {
				t.Errorf("%s is outside of the node's folder", path)
			}
			if other := "10.213." + map[int]string{0: "1", 1: "0"}[number] + "."; strings.Contains(string(content), other) {
				t.Errorf("%s names the other node's network", path)
			}
		}
	}
}

func TestConfigurationSaysWhatTheNodeDependsOn(t *testing.T) {
	l, files := rendered(t, 0)
	kubelet := parsed(t, "kubelet.yaml", files[l.Config("kubelet.yaml")])
	containerd := parsed(t, "containerd.toml", files[l.Config("containerd.toml")])
	proxy := parsed(t, "kube-proxy.yaml", files[l.Config("kube-proxy.yaml")])
	runtime := at(t, containerd, "plugins", "io.containerd.cri.v1.runtime")
	for what, pair := range map[string][2]any{
		"the kubelet asks our containerd":      {at(t, kubelet, "containerRuntimeEndpoint"), "unix://" + l.ContainerdSocket()},
		"Pods are below the node's cgroup":     {at(t, kubelet, "cgroupRoot"), l.Cgroup},
		"cgroup v1 is accepted":                {at(t, kubelet, "failCgroupV1"), false},
		"cgroups without systemd":              {at(t, kubelet, "cgroupDriver"), "cgroupfs"},
		"imported images are kept":             {at(t, kubelet, "imageGCHighThresholdPercent"), float64(100)},
		"nobody is anonymous":                  {at(t, kubelet, "authentication", "anonymous", "enabled"), false},
		"the proxy writes nftables":            {at(t, proxy, "mode"), "nftables"},
		"containerd listens where it is asked": {at(t, containerd, "plugins", "io.containerd.server.v1.grpc", "address"), l.ContainerdSocket()},
		"no foreign configuration":             {len(at(t, containerd, "imports").([]any)), 0},
		"Pods start without CAP_SYS_RESOURCE":  {at(t, runtime, "restrict_oom_score_adj"), true},
		"the runtime is our runc":              {at(t, runtime, "containerd", "runtimes", "runc", "options", "BinaryName"), "/cache/bin/runc"},
		"the snapshotter that works here": {
			at(t, containerd, "plugins", "io.containerd.cri.v1.images", "snapshotter"), "native"},
		"the pause image is ours": {
			at(t, containerd, "plugins", "io.containerd.cri.v1.images", "pinned_images", "sandbox"), PauseImage},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %v, want %v", what, pair[0], pair[1])
		}
	}
}

func TestEveryKubeconfigHasACertificate(t *testing.T) {
	l, files := rendered(t, 0)
	var issued []string
	for _, subject := range Certificates(l) {
		issued = append(issued, l.PKI(subject.File+".crt"))
	}
	for path, content := range files {
		if filepath.Ext(path) != ".kubeconfig" {
			continue
		}
		user := at(t, parsed(t, path, content), "users").([]any)[0]
		if certificate := at(t, user, "user", "client-certificate").(string); !slices.Contains(issued, certificate) {
			t.Errorf("%s names %s, which nobody issues", path, certificate)
		}
	}
}

func TestComponentsNameOnlyFilesThatAreMade(t *testing.T) {
	l, files := rendered(t, 0)
	made := []string{l.PKI("ca.crt"), l.PKI("ca.key"), l.PKI("service-account.key"), l.PKI("service-account.pub")}
	for _, subject := range Certificates(l) {
		made = append(made, l.PKI(subject.File+".crt"), l.PKI(subject.File+".key"))
	}
	for path := range files {
		made = append(made, path)
	}
	for _, component := range Components(l) {
		for _, argument := range component.Args {
			_, value, _ := strings.Cut(argument, "=")
			if (strings.HasPrefix(value, l.PKI("")) || strings.HasPrefix(value, l.Config(""))) && !slices.Contains(made, value) {
				t.Errorf("%s is told of %s, which nobody makes", component.Name, value)
			}
		}
	}
}

func TestComponentsStartAfterWhatTheyNeed(t *testing.T) {
	l, _ := rendered(t, 0)
	var order []string
	for _, component := range Components(l) {
		order = append(order, component.Name)
		if component.Args[0] != component.Name {
			t.Errorf("%s starts %s", component.Name, component.Args[0])
		}
	}
	for _, pair := range [][2]string{
		{"etcd", "kube-apiserver"}, {"kube-apiserver", "kube-controller-manager"}, {"kube-apiserver", "kubelet"}, {"containerd", "kubelet"},
	} {
		if slices.Index(order, pair[0]) > slices.Index(order, pair[1]) {
			t.Errorf("%s starts before %s", pair[1], pair[0])
		}
	}
}
