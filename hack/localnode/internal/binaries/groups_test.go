package binaries

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pins are the pin files of this module, by name.
func pins(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, group := range Groups {
		for _, name := range group.pinFiles() {
			content, err := os.ReadFile(filepath.Join("..", "..", name))
			if err != nil {
				t.Fatal(err)
			}
			files[name] = string(content)
		}
	}
	return files
}

func key(t *testing.T, goVersion string, files map[string]string) string {
	t.Helper()
	got, err := Key(goVersion, func(name string) ([]byte, error) { return []byte(files[name]), nil })
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestKeyChangesWithEveryPinAndWithNothingElse(t *testing.T) {
	files := pins(t)
	original := key(t, "go1.26.8", files)
	if again := key(t, "go1.26.8", files); again != original {
		t.Errorf("the same pins gave %s and %s", original, again)
	}
	if !strings.HasPrefix(original, "node-v1.") {
		t.Errorf("%s does not name the Kubernetes version", original)
	}
	seen := map[string]string{original: "the original", key(t, "go1.27.0", files): "another Go"}
	if len(seen) != 2 {
		t.Error("another Go gave the same key")
	}
	for name, content := range files {
		files[name] = content + "\n// changed"
		changed := key(t, "go1.26.8", files)
		if other, taken := seen[changed]; taken {
			t.Errorf("a change of %s gave the key of %s", name, other)
		}
		seen[changed] = name
		files[name] = content
	}
}

func TestKeyFailsWithoutPins(t *testing.T) {
	_, err := Key("go1", func(string) ([]byte, error) { return nil, fs.ErrNotExist })
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	_, err = Key("go1", func(string) ([]byte, error) { return []byte("module empty"), nil })
	if err == nil || !strings.Contains(err.Error(), "requires no version of k8s.io/kubernetes") {
		t.Errorf("file without the pin: %v", err)
	}
}

func TestPinnedVersionIsReadFromARequirement(t *testing.T) {
	for name, test := range map[string]struct{ goMod, want string }{
		"a line of its own":        {"module x\nrequire a.b/c v1.2.3\n", "v1.2.3"},
		"a line of a block":        {"require (\n\ta.b/d v9.9.9\n\ta.b/c v1.2.3 // indirect\n)\n", "v1.2.3"},
		"not a replacement":        {"replace a.b/c => a.b/c v1.2.3\n", ""},
		"not a longer module path": {"require a.b/c/d v1.2.3\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := pinnedVersion(test.goMod, "a.b/c")
			if got != test.want || (err == nil) != (test.want != "") {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
}

func TestKubernetesIsToldItsVersion(t *testing.T) {
	flags := strings.Join(Groups[0].flags("v1.37.2"), " ")
	for _, want := range []string{
		"-X k8s.io/component-base/version.gitVersion=v1.37.2", "-X k8s.io/component-base/version.gitMajor=1",
		"-X k8s.io/component-base/version.gitMinor=37", "-X k8s.io/client-go/pkg/version.gitVersion=v1.37.2",
	} {
		if !strings.Contains(flags, want) {
			t.Errorf("%q is missing in %q", want, flags)
		}
	}
	if major, minor := majorMinor("nonsense"); major != "" || minor != "" {
		t.Errorf("a version without numbers gave %q and %q", major, minor)
	}
}

func TestStagingModulesAreReplacedByTheSameRelease(t *testing.T) {
	goMod := pins(t)["binaries/kubernetes/go.mod"]
	version, err := pinnedVersion(goMod, "k8s.io/kubernetes")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(version, "v1.", "v0.", 1)
	for line := range strings.Lines(goMod) {
		fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "replace "))
		if len(fields) == 4 && fields[1] == "=>" && fields[3] != want {
			t.Errorf("%s is replaced by %s, but Kubernetes is %s", fields[0], fields[3], version)
		}
	}
}

func TestCacheRootFollowsTheEnvironment(t *testing.T) {
	for name, test := range map[string]struct {
		environment map[string]string
		want        string
	}{
		"the project's own setting first": {map[string]string{"STRATBOX_CACHE": "/c", "XDG_CACHE_HOME": "/x", "HOME": "/h"}, "/c"},
		"then the desktop's":              {map[string]string{"XDG_CACHE_HOME": "/x", "HOME": "/h"}, "/x/stratbox"},
		"then the home folder":            {map[string]string{"HOME": "/h"}, "/h/.cache/stratbox"},
		"nothing to go by":                {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := CacheRoot(func(name string) string { return test.environment[name] })
			if got != test.want || (err == nil) != (test.want != "") {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
}

func TestSourceIsFoundFromAnywhereInTheCheckout(t *testing.T) {
	root := t.TempDir()
	module := filepath.Join(root, "hack", "localnode")
	if err := os.MkdirAll(filepath.Join(module, "binaries", "kubernetes"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Source(module); err == nil {
		t.Error("a folder without pins was taken for the source")
	}
	if err := os.WriteFile(filepath.Join(module, "binaries", "kubernetes", "go.mod"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{root, module, filepath.Join(root, "docs", "deep")} {
		if got, err := Source(dir); err != nil || got != module {
			t.Errorf("from %s: %q, %v; want %q", dir, got, err, module)
		}
	}
}

func TestMissingListsWhatTheFolderLacks(t *testing.T) {
	folder := t.TempDir()
	all := Missing(folder)
	if !slices.Contains(all, "kubelet") || !slices.Contains(all, "pause") || !slices.Contains(all, "runc") {
		t.Errorf("an empty folder lacks only %v", all)
	}
	for _, program := range all[1:] {
		if err := os.WriteFile(filepath.Join(folder, program), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(all[:1], Missing(folder)); diff != "" {
		t.Error(diff)
	}
}

func TestBuildTouchesNothingWhenNothingIsMissing(t *testing.T) {
	folder := t.TempDir()
	for _, program := range Missing(folder) {
		if err := os.WriteFile(filepath.Join(folder, program), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	report := func(format string, _ ...any) { t.Errorf("reported %q", format) }
	if err := Build(t.Context(), "/nowhere", folder, report); err != nil {
		t.Error(err)
	}
}

func TestBuildCompletesAFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "node")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, program := range Missing(folder) {
		if program == "pause" {
			continue
		}
		if err := os.WriteFile(filepath.Join(folder, program), []byte("kept"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := Build(t.Context(), filepath.Join("..", ".."), folder, t.Logf); err != nil {
		t.Fatal(err)
	}
	if missing := Missing(folder); len(missing) > 0 {
		t.Errorf("still missing: %v", missing)
	}
	if kept, err := os.ReadFile(filepath.Join(folder, "kubelet")); err != nil || string(kept) != "kept" {
		t.Errorf("a finished program was built again: %q, %v", kept, err)
	}
}
