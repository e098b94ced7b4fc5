package binaries

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/stratbox/stratbox/hack/localnode/internal/filelock"
)

// CacheRoot is the folder below which finished programs are kept, apart from any checkout.
func CacheRoot(getenv func(string) string) (string, error) {
	if dir := getenv("STRATBOX_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	if dir := getenv("XDG_CACHE_HOME"); dir != "" {
		return filepath.Join(dir, "stratbox"), nil
	}
	home := getenv("HOME")
	if home == "" {
		return "", errors.New("neither STRATBOX_CACHE, XDG_CACHE_HOME nor HOME says where to cache the programs")
	}
	return filepath.Join(home, ".cache", "stratbox"), nil
}

// Source is the folder of this module in the checkout that contains dir.
func Source(dir string) (string, error) {
	for current := dir; ; current = filepath.Dir(current) {
		candidate := filepath.Join(current, "hack", "localnode")
		if _, err := os.Stat(filepath.Join(candidate, "binaries", "kubernetes", "go.mod")); err == nil {
			return candidate, nil
		}
		if current == filepath.Dir(current) {
			return "", fmt.Errorf("%s is not inside a checkout of the project: run this from the repository", dir)
		}
	}
}

// Folder is the cache folder for the pins of the checkout at source.
func Folder(source, cacheRoot string) (string, error) {
	key, err := Key(runtime.Version(), func(name string) ([]byte, error) {
		return os.ReadFile(filepath.Join(source, name))
	})
	if err != nil {
		return "", err
	}
	return filepath.Join(cacheRoot, key), nil
}

// Missing lists the programs that folder lacks.
func Missing(folder string) []string {
	var missing []string
	for _, group := range Groups {
		missing = append(missing, group.missing(folder)...)
	}
	return missing
}

func (g Group) missing(folder string) []string {
	var missing []string
	for _, program := range g.Programs {
		if _, err := os.Stat(filepath.Join(folder, program)); err != nil {
			missing = append(missing, program)
		}
	}
	return missing
}

// Build completes folder with the programs it lacks and reports each group that it builds. It may be interrupted at any time:
// a program appears under its name only when it is whole, and the next call goes on where this one ended.
func Build(ctx context.Context, source, folder string, report func(format string, args ...any)) error {
	if len(Missing(folder)) == 0 {
		return nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("making the cache folder: %w", err)
	}
	unlock, err := filelock.Acquire(folder+".lock", func() { report("waiting for another build of the same programs") })
	if err != nil {
		return err
	}
	defer unlock()
	for _, group := range Groups {
		missing := group.missing(folder)
		if len(missing) == 0 {
			continue
		}
		report("building %v", missing)
		began := time.Now()
		if err := group.build(ctx, source, folder); err != nil {
			return err
		}
		report("built %v in %d s", missing, int(time.Since(began).Seconds()))
	}
	return nil
}

// build leaves the Go tool's output in a folder of its own, which it can complete after an interruption, and moves finished programs out of it.
func (g Group) build(ctx context.Context, source, folder string) error {
	module := source
	version := ""
	if g.Name != "" {
		module = filepath.Join(source, "binaries", g.Name)
		content, err := os.ReadFile(filepath.Join(module, "go.mod"))
		if err != nil {
			return fmt.Errorf("reading the pins of %s: %w", g.Name, err)
		}
		if version, err = pinnedVersion(string(content), g.Module); err != nil {
			return err
		}
	}
	partial := filepath.Join(folder, ".partial", g.Programs[0])
	if err := os.MkdirAll(partial, 0o755); err != nil {
		return fmt.Errorf("making the build folder: %w", err)
	}
	args := append([]string{"build"}, g.flags(version)...)
	args = append(args, "-o", partial+string(filepath.Separator))
	command := exec.CommandContext(ctx, "go", append(args, g.Packages...)...)
	command.Dir = module
	command.Stdout, command.Stderr = os.Stderr, os.Stderr
	cgo := "0"
	if g.CGO {
		cgo = "1"
	}
	// A workspace or flags of the caller's would build something else than the key says.
	command.Env = append(os.Environ(), "CGO_ENABLED="+cgo, "GOWORK=off", "GOFLAGS=-buildvcs=false", "GOOS=", "GOARCH=")
	if err := command.Run(); err != nil {
		return fmt.Errorf("building %v from %s %s: %w", g.Programs, g.Module, version, err)
	}
	for from, to := range g.Renames {
		if err := os.Rename(filepath.Join(partial, from), filepath.Join(partial, to)); err != nil {
			return fmt.Errorf("naming %s: %w", to, err)
		}
	}
	for _, program := range g.Programs {
		if err := os.Rename(filepath.Join(partial, program), filepath.Join(folder, program)); err != nil {
			return fmt.Errorf("moving %s into the cache: %w", program, err)
		}
	}
	return os.RemoveAll(partial)
}
