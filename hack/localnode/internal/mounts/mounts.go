// Package mounts answers what is mounted below a folder and takes it away.
package mounts

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// Mount is one line of mountinfo.
type Mount struct {
	Point string
	Type  string
	// Options are the super block's: for a cgroup v1 hierarchy, its controllers.
	Options []string
}

// Parse reads the text of /proc/self/mountinfo. A line it does not understand is left out.
func Parse(mountinfo string) []Mount {
	var found []Mount
	for line := range strings.Lines(mountinfo) {
		before, after, ok := strings.Cut(line, " - ")
		left, right := strings.Fields(before), strings.Fields(after)
		if !ok || len(left) < 5 || len(right) < 1 {
			continue
		}
		mount := Mount{Point: unescape(left[4]), Type: right[0]}
		if len(right) > 2 {
			mount.Options = strings.Split(right[2], ",")
		}
		found = append(found, mount)
	}
	return found
}

// unescape undoes mountinfo's octal escapes for blank, tab, newline and backslash.
func unescape(point string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(point)
}

// Below picks the mount points at or below any of the folders, the innermost and latest first.
func Below(all []Mount, folders ...string) []string {
	var points []string
	for _, mount := range slices.Backward(all) {
		for _, folder := range folders {
			if mount.Point == folder || strings.HasPrefix(mount.Point, strings.TrimSuffix(folder, "/")+"/") {
				points = append(points, mount.Point)
				break
			}
		}
	}
	return points
}

// All reads this process's mounts.
func All() ([]Mount, error) {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, fmt.Errorf("listing mounts: %w", err)
	}
	return Parse(string(text)), nil
}

// DetachBelow unmounts everything at or below the folders. Without an error nothing is mounted there any more, so that removing
// the folders cannot reach into what was.
func DetachBelow(folders ...string) error {
	all, err := All()
	if err != nil {
		return err
	}
	refused := map[string]error{}
	for _, point := range Below(all, folders...) {
		// A mount that propagated may be gone already with the one it came from; whether it is, the list tells.
		if err := unix.Unmount(point, unix.MNT_DETACH); err != nil {
			refused[point] = err
		}
	}
	if all, err = All(); err != nil {
		return err
	}
	var failed []error
	for _, point := range Below(all, folders...) {
		failed = append(failed, fmt.Errorf("%s is still mounted: %w", point, cmp.Or(refused[point], errBusy)))
	}
	return errors.Join(failed...)
}

var errBusy = errors.New("something was mounted on it meanwhile")
