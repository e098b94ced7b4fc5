// Package binaries answers which programs a node consists of, where they are cached and how they are built from their pinned Go modules.
package binaries

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"sort"
	"strings"
)

// Group is a set of programs built by one `go build` from one pinned module.
type Group struct {
	// Name is the folder below binaries/ whose go.mod pins the module; empty for this module.
	Name string
	// Module is the pinned module, whose version is set into the programs where they report one.
	Module   string
	Packages []string
	// Programs are the files the build leaves, in any order.
	Programs []string
	// Renames maps a name the Go tool gives to the program's usual name.
	Renames map[string]string
	// CGO says that the program needs the C compiler; all others are static.
	CGO  bool
	Tags []string
	// VersionVars are the string variables that receive the module's version.
	VersionVars []string
}

const containerdModule = "github.com/containerd/containerd/v2"

// Groups lists every program of a node, the slowest group first.
var Groups = []Group{
	{
		Name:     "kubernetes",
		Module:   "k8s.io/kubernetes",
		Packages: []string{"tool"},
		Programs: []string{"kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler", "kubectl", "kubelet"},
		VersionVars: []string{
			"k8s.io/component-base/version.gitVersion",
			"k8s.io/client-go/pkg/version.gitVersion",
		},
	},
	{
		Name:     "containerd",
		Module:   containerdModule,
		Packages: []string{"tool"},
		Programs: []string{"containerd", "containerd-shim-runc-v2", "ctr"},
		// What a node on a plain folder never uses is left out.
		Tags:        []string{"no_btrfs", "no_devmapper", "no_zfs", "urfave_cli_no_docs"},
		VersionVars: []string{containerdModule + "/version.Version"},
	},
	{
		Name:     "etcd",
		Module:   "go.etcd.io/etcd/server/v3",
		Packages: []string{"tool"},
		Programs: []string{"etcd"},
		Renames:  map[string]string{"server": "etcd"},
	},
	{
		Name:        "runc",
		Module:      "github.com/opencontainers/runc",
		Packages:    []string{"tool"},
		Programs:    []string{"runc"},
		CGO:         true,
		Tags:        []string{"seccomp", "urfave_cli_no_docs"},
		VersionVars: nil,
	},
	{
		Name:     "cni",
		Module:   "github.com/containernetworking/plugins",
		Packages: []string{"tool"},
		Programs: []string{"bridge", "host-local", "loopback"},
	},
	{
		Packages: []string{"./cmd/pause"},
		Programs: []string{"pause"},
	},
}

// pinFiles are the files, relative to the module's folder, that decide what is built.
func (g Group) pinFiles() []string {
	if g.Name == "" {
		return []string{"cmd/pause/main.go"}
	}
	return []string{path.Join("binaries", g.Name, "go.mod"), path.Join("binaries", g.Name, "go.sum")}
}

// flags are the arguments of `go build` that decide what is built. version is the pinned version of the group's module.
func (g Group) flags(version string) []string {
	link := []string{"-s", "-w"}
	for _, variable := range g.VersionVars {
		link = append(link, "-X", variable+"="+version)
		prefix, isGit := strings.CutSuffix(variable, "gitVersion")
		if !isGit {
			continue
		}
		major, minor := majorMinor(version)
		link = append(link, "-X", prefix+"gitMajor="+major, "-X", prefix+"gitMinor="+minor, "-X", prefix+"gitTreeState=clean")
	}
	flags := []string{"-trimpath", "-ldflags", strings.Join(link, " ")}
	if len(g.Tags) > 0 {
		flags = append(flags, "-tags", strings.Join(g.Tags, ","))
	}
	return flags
}

func majorMinor(version string) (major, minor string) {
	parts := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
	if len(parts) < 2 {
		return "", ""
	}
	return parts[0], parts[1]
}

// pinnedVersion reads the version a go.mod requires of a module.
func pinnedVersion(goMod, module string) (string, error) {
	for line := range strings.Lines(goMod) {
		fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		if len(fields) >= 2 && fields[0] == module && strings.HasPrefix(fields[1], "v") {
			return fields[1], nil
		}
	}
	return "", fmt.Errorf("go.mod requires no version of %s", module)
}

// Key names the cache folder for a set of pins: the same files and flags give the same key, any other pin another.
// read returns the content of a file relative to this module's folder.
func Key(goVersion string, read func(string) ([]byte, error)) (string, error) {
	sum := sha256.New()
	fmt.Fprintf(sum, "go %s\n", goVersion)
	kubernetes := ""
	for _, group := range Groups {
		version := ""
		for _, file := range group.pinFiles() {
			content, err := read(file)
			if err != nil {
				return "", fmt.Errorf("reading the pins of group %q: %w", group.Name, err)
			}
			fmt.Fprintf(sum, "file %s %x\n", file, sha256.Sum256(content))
			if path.Base(file) != "go.mod" {
				continue
			}
			if version, err = pinnedVersion(string(content), group.Module); err != nil {
				return "", fmt.Errorf("%s: %w", file, err)
			}
		}
		if group.Name == "kubernetes" {
			kubernetes = version
		}
		programs := append([]string(nil), group.Programs...)
		sort.Strings(programs)
		fmt.Fprintf(sum, "group %s %t %q %q\n", group.Name, group.CGO, group.flags(version), programs)
	}
	return "node-" + kubernetes + "-" + hex.EncodeToString(sum.Sum(nil))[:12], nil
}
