package profileinstall_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stratbox/stratbox/internal/profileinstall"
)

func profileIn(root string) profileinstall.Profile {
	return profileinstall.Profile{Root: root, Folder: "stratbox", Name: "strategy-0123.json", Content: []byte(`{"a":1}`)}
}

func path(p profileinstall.Profile) string { return filepath.Join(p.Root, p.Folder, p.Name) }

// damages are the ways to break an installed profile. Each must be noticed by Check and mended by Install and Keep.
var damages = map[string]func(p profileinstall.Profile) error{
	"the file is removed":                 func(p profileinstall.Profile) error { return os.Remove(path(p)) },
	"the folder is removed":               func(p profileinstall.Profile) error { return removeAll(filepath.Dir(path(p))) },
	"the content is another, of one size": func(p profileinstall.Profile) error { return os.WriteFile(path(p), []byte(`{"a":2}`), 0o644) },
	"the file is cut":                     func(p profileinstall.Profile) error { return os.Truncate(path(p), 3) },
	"the file is emptied":                 func(p profileinstall.Profile) error { return os.Truncate(path(p), 0) },
	"the file cannot be read by all":      func(p profileinstall.Profile) error { return os.Chmod(path(p), 0o600) },
	"the file can be written by all":      func(p profileinstall.Profile) error { return os.Chmod(path(p), 0o666) },
	"a link to the same content is put in its place": func(p profileinstall.Profile) error {
		other := filepath.Join(p.Root, "other.json")
		if err := os.WriteFile(other, p.Content, 0o644); err != nil {
			return err
		}
		// Beside the folder and then moved, in one step that nobody can mend half way.
		link := filepath.Join(p.Root, "link.json")
		if err := os.Symlink(other, link); err != nil {
			return err
		}
		return os.Rename(link, path(p))
	},
	"the file is moved away": func(p profileinstall.Profile) error { return os.Rename(path(p), path(p)+".bak") },
	"the folder is moved away": func(p profileinstall.Profile) error {
		return os.Rename(filepath.Dir(path(p)), filepath.Join(p.Root, "elsewhere"))
	},
}

// removeAll removes a folder also while somebody writes to it.
func removeAll(folder string) error {
	for os.RemoveAll(folder) != nil {
	}
	return nil
}

func TestInstallMends(t *testing.T) {
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			p := profileIn(t.TempDir())
			install(t, p, true)
			if err := damage(p); err != nil {
				t.Fatal(err)
			}
			if p.Check() == nil {
				t.Error("Check found nothing")
			}
			install(t, p, true)
			install(t, p, false)
		})
	}
}

func install(t *testing.T, p profileinstall.Profile, want bool) {
	t.Helper()
	written, err := p.Install()
	if err != nil || written != want {
		t.Fatalf("Install: written %v, error %v; want written %v", written, err, want)
	}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Dir(path(p)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			t.Errorf("left over: %s", e.Name())
		}
	}
}

func TestInstallLeavesOtherReleasesAlone(t *testing.T) {
	p := profileIn(t.TempDir())
	old := p
	old.Name, old.Content = "strategy-4567.json", []byte("{}")
	install(t, old, true)
	install(t, p, true)
	if err := old.Check(); err != nil {
		t.Error(err)
	}
}

func TestInstallMakesTheFileReadableUnderAnyUmask(t *testing.T) {
	p := profileIn(t.TempDir())
	install(t, p, true)
	var modes []string
	for _, name := range []string{filepath.Dir(path(p)), path(p)} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		modes = append(modes, info.Mode().String())
	}
	if diff := cmp.Diff([]string{"drwxr-xr-x", "-rw-r--r--"}, modes); diff != "" {
		t.Error(diff)
	}
	if err := os.Chmod(filepath.Dir(path(p)), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path(p)); err != nil {
		t.Fatal(err)
	}
	install(t, p, true)
	if info, _ := os.Stat(filepath.Dir(path(p))); info.Mode().Perm() != 0o755 {
		t.Errorf("folder has mode %s", info.Mode())
	}
}

func TestInstallSaysWhatIsInItsWay(t *testing.T) {
	tables := map[string]struct {
		prepare func(p *profileinstall.Profile) error
		want    string
	}{
		"the kubelet's folder is missing": {func(p *profileinstall.Profile) error {
			p.Root = filepath.Join(p.Root, "missing")
			return nil
		}, "open the kubelet's seccomp folder"},
		"the kubelet's folder takes no files": {func(p *profileinstall.Profile) error {
			p.Root = "/proc/self"
			return nil
		}, "make folder stratbox in /proc/self"},
		"a file has the folder's name": {func(p *profileinstall.Profile) error {
			return os.WriteFile(filepath.Join(p.Root, p.Folder), nil, 0o644)
		}, "there is something else of that name"},
		"a link has the folder's name": {func(p *profileinstall.Profile) error {
			return os.Symlink("/", filepath.Join(p.Root, p.Folder))
		}, "there is something else of that name"},
		"a full folder has the file's name": {func(p *profileinstall.Profile) error {
			return os.MkdirAll(filepath.Join(path(*p), "theirs"), 0o755)
		}, "write stratbox/strategy-0123.json"},
	}
	for name, c := range tables {
		t.Run(name, func(t *testing.T) {
			p := profileIn(t.TempDir())
			if err := c.prepare(&p); err != nil {
				t.Fatal(err)
			}
			if _, err := p.Install(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Install: %v, want an error with %q", err, c.want)
			}
			if err := p.Check(); err == nil {
				t.Error("Check found nothing")
			}
			if err := p.Keep(t.Context(), slog.New(slog.DiscardHandler)); err == nil {
				t.Error("Keep went on")
			}
			if left, _ := filepath.Glob(filepath.Join(p.Root, p.Folder, ".strategy*")); len(left) > 0 {
				t.Errorf("left over: %v", left)
			}
		})
	}
}

// keeping runs Keep and hears from its log of every time it has written the file.
type keeping struct {
	written chan struct{}
	ended   chan error
	stop    context.CancelFunc
}

func (k *keeping) Write(line []byte) (int, error) {
	k.written <- struct{}{}
	return len(line), nil
}

func keep(t *testing.T, p profileinstall.Profile) *keeping {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	k := &keeping{written: make(chan struct{}, 100), ended: make(chan error, 1), stop: stop}
	go func() { k.ended <- p.Keep(ctx, slog.New(slog.NewTextHandler(io.Writer(k), nil))) }()
	k.await(t)
	return k
}

// await waits until Keep has written the file once more.
func (k *keeping) await(t *testing.T) {
	t.Helper()
	select {
	case <-k.written:
	case err := <-k.ended:
		t.Fatal("Keep ended: ", err)
	}
}

func TestKeepMends(t *testing.T) {
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			p := profileIn(t.TempDir())
			k := keep(t, p)
			for range 3 {
				if err := damage(p); err != nil {
					t.Fatal(err)
				}
				// One damage may be several steps, each mended on its own.
				for p.Check() != nil {
					k.await(t)
				}
				if err := os.RemoveAll(filepath.Join(p.Root, "elsewhere")); err != nil {
					t.Fatal(err)
				}
			}
			k.stop()
			if err := <-k.ended; err != nil {
				t.Error(err)
			}
		})
	}
}

func TestKeepEndsWithAnErrorWhenTheKubeletsFolderIsGone(t *testing.T) {
	for name, remove := range map[string]func(root string) error{
		"removed": removeAll,
		"moved":   func(root string) error { return os.Rename(root, root+".old") },
	} {
		t.Run(name, func(t *testing.T) {
			p := profileIn(filepath.Join(t.TempDir(), "seccomp"))
			if err := os.Mkdir(p.Root, 0o755); err != nil {
				t.Fatal(err)
			}
			k := keep(t, p)
			if err := remove(p.Root); err != nil {
				t.Fatal(err)
			}
			if err := <-k.ended; err == nil {
				t.Error("Keep ended without an error")
			}
		})
	}
}

func TestTwoInstallersAgree(t *testing.T) {
	p := profileIn(t.TempDir())
	results := make(chan error)
	for range 8 {
		go func() {
			for range 20 {
				if err := os.Remove(path(p)); err != nil && !os.IsNotExist(err) {
					results <- err
					return
				}
				if _, err := p.Install(); err != nil {
					results <- fmt.Errorf("install: %w", err)
					return
				}
			}
			results <- nil
		}()
	}
	for range 8 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	install(t, p, false)
}
