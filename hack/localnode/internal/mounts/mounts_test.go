package mounts

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const mountinfo = `22 27 0:21 / /proc rw,relatime - proc proc rw
30 24 0:27 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory
31 24 0:28 / /state/pods/a\040b rw - tmpfs tmpfs rw,size=4k
32 24 0:28 / /state rw - ext4 /dev/vda rw
33 24 0:28 / /statement rw - ext4 /dev/vda rw
this line is broken
34 24 0:28 / /state/pods/a\040b/c rw - tmpfs tmpfs rw
`

func TestParseReadsPointTypeAndOptions(t *testing.T) {
	want := []Mount{
		{"/proc", "proc", []string{"rw"}},
		{"/sys/fs/cgroup/memory", "cgroup", []string{"rw", "memory"}},
		{"/state/pods/a b", "tmpfs", []string{"rw", "size=4k"}},
		{"/state", "ext4", []string{"rw"}},
		{"/statement", "ext4", []string{"rw"}},
		{"/state/pods/a b/c", "tmpfs", []string{"rw"}},
	}
	if diff := cmp.Diff(want, Parse(mountinfo)); diff != "" {
		t.Error(diff)
	}
}

func TestBelowPicksInnermostFirstAndNoNamesake(t *testing.T) {
	for name, test := range map[string]struct{ folders, want []string }{
		"a folder with mounts in it":     {[]string{"/state"}, []string{"/state/pods/a b/c", "/state", "/state/pods/a b"}},
		"a folder named with a slash":    {[]string{"/state/pods/"}, []string{"/state/pods/a b/c", "/state/pods/a b"}},
		"a folder nothing is mounted in": {[]string{"/stat"}, nil},
		"no folder":                      {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Below(Parse(mountinfo), test.folders...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDetachBelowAFolderWithoutMountsDoesNothing(t *testing.T) {
	if err := DetachBelow(t.TempDir()); err != nil {
		t.Error(err)
	}
}
