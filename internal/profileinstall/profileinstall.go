// Package profileinstall keeps one seccomp profile in its place below the kubelet's seccomp folder: it writes it, and writes it
// again when somebody changed or removed it. It knows nothing of what the profile says.
//
// Profiles of other releases are left alone: a Pod of an older release may be about to start with one, and each is a few
// kilobytes.
package profileinstall

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/fsnotify/fsnotify"
)

const (
	fileMode   fs.FileMode = 0o644
	folderMode fs.FileMode = 0o755
)

// Profile is a file that should exist: Root/Folder/Name with Content.
type Profile struct {
	// Root is the kubelet's seccomp folder. It must exist.
	Root string
	// Folder and Name are single path elements.
	Folder, Name string
	Content      []byte
}

func (p Profile) path() string { return filepath.Join(p.Folder, p.Name) }

// Check returns nil if the file is in place: a regular file, readable by all, with the right content.
func (p Profile) Check() error {
	root, err := os.OpenRoot(p.Root)
	if err != nil {
		return fmt.Errorf("open the kubelet's seccomp folder: %w", err)
	}
	defer root.Close()
	return p.check(root)
}

func (p Profile) check(root *os.Root) error {
	info, err := root.Lstat(p.path())
	if err != nil {
		return fmt.Errorf("look at the profile: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file (%s)", p.path(), info.Mode())
	}
	if info.Mode().Perm() != fileMode {
		return fmt.Errorf("%s has mode %s, expected %s", p.path(), info.Mode().Perm(), fileMode)
	}
	// The size is compared first, so that whatever somebody put there is not read into memory.
	if info.Size() != int64(len(p.Content)) {
		return fmt.Errorf("%s has %d bytes, expected %d", p.path(), info.Size(), len(p.Content))
	}
	content, err := root.ReadFile(p.path())
	if err != nil {
		return fmt.Errorf("read the profile: %w", err)
	}
	if !bytes.Equal(content, p.Content) {
		return fmt.Errorf("%s has another content than its name says", p.path())
	}
	return nil
}

// Install puts the file in place unless it is already. Readers see the old file or the new one, never a part.
func (p Profile) Install() (written bool, err error) {
	root, err := os.OpenRoot(p.Root)
	if err != nil {
		return false, fmt.Errorf("open the kubelet's seccomp folder: %w", err)
	}
	defer root.Close()
	if p.check(root) == nil {
		return false, nil
	}
	for {
		if err := p.makeFolder(root); err != nil {
			return false, fmt.Errorf("make folder %s in %s: %w", p.Folder, p.Root, err)
		}
		err := p.write(root)
		if errors.Is(err, fs.ErrNotExist) {
			continue // the folder was removed in between; makeFolder fails if Root was too
		}
		if err != nil {
			return false, fmt.Errorf("write %s in %s: %w", p.path(), p.Root, err)
		}
		return true, nil
	}
}

func (p Profile) makeFolder(root *os.Root) error {
	if err := root.Mkdir(p.Folder, folderMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := root.Lstat(p.Folder)
	if err != nil {
		return ignoreMissing(err) // removed again in between, which write finds out
	}
	if !info.IsDir() {
		return fmt.Errorf("there is something else of that name (%s); remove it", info.Mode())
	}
	if info.Mode().Perm() == folderMode {
		return nil
	}
	return ignoreMissing(root.Chmod(p.Folder, folderMode))
}

// write makes a file of another name, brings it to the disk and renames it. The name is random, because during an update the
// installers of two releases may share the folder.
func (p Profile) write(root *os.Root) error {
	temporary := filepath.Join(p.Folder, "."+p.Name+"."+rand.Text())
	err := writeSynced(root, temporary, p.Content)
	if err == nil {
		// A folder in the file's place would make the rename fail; what somebody put into it is not ours to delete.
		err = root.Rename(temporary, p.path())
	}
	if err != nil {
		return errors.Join(err, ignoreMissing(root.Remove(temporary)))
	}
	folder, err := root.Open(p.Folder)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func writeSynced(root *os.Root, name string, content []byte) error {
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	// Chmod, because the process's umask may have taken bits away.
	return errors.Join(err, file.Chmod(fileMode), file.Sync(), file.Close())
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Keep installs the profile and keeps it in place until ctx ends; then it returns nil. It is told of changes by the kernel and
// never polls. An error means that the profile cannot be put in place or watched; starting anew may help, because it opens the
// folders again.
func (p Profile) Keep(ctx context.Context, log *slog.Logger) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch the profile: %w", err)
	}
	defer watcher.Close()
	if err := watcher.Add(p.Root); err != nil {
		return fmt.Errorf("watch the kubelet's seccomp folder: %w", err)
	}
	for {
		if err := p.restore(watcher, log); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case event := <-watcher.Events:
			if event.Name == p.Root && event.Has(fsnotify.Remove|fsnotify.Rename) {
				return fmt.Errorf("the kubelet's seccomp folder %s was removed", p.Root)
			}
		case err := <-watcher.Errors:
			return fmt.Errorf("watch the profile: %w", err)
		}
	}
}

// restore installs the profile and watches its folder, which may be a new one. What changes between the two is seen by the second
// check.
func (p Profile) restore(watcher *fsnotify.Watcher, log *slog.Logger) error {
	for {
		written, err := p.Install()
		if err != nil {
			return err
		}
		if written {
			log.Info("profile written", "file", filepath.Join(p.Root, p.path()))
		}
		// The folder may be a new one of the old name. The watch on the old one goes first, or the late news of its end would
		// take the new watch away; there may be none to remove.
		_ = watcher.Remove(filepath.Join(p.Root, p.Folder))
		err = watcher.Add(filepath.Join(p.Root, p.Folder))
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed again in between
		}
		if err != nil {
			return fmt.Errorf("watch the profile's folder: %w", err)
		}
		if p.Check() == nil {
			return nil
		}
	}
}
