package supervise

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stratbox/stratbox/internal/contract"
)

func TestWhatTheKernelSaysOfTheMachine(t *testing.T) {
	for name, c := range map[string]struct{ got, want string }{
		"a processor with a name":         {parseCPUModel([]byte("processor\t: 0\nmodel\t\t: 1\nmodel name\t: AMD EPYC 7B13\n\nprocessor\t: 1\nmodel name\t: other\n")), "AMD EPYC 7B13"},
		"a processor with numbers":        {parseCPUModel([]byte("processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n")), "implementer 0x41, part 0xd0c"},
		"a processor with half a number":  {parseCPUModel([]byte("CPU part\t: 0xd0c\n")), ""},
		"a processor that says nothing":   {parseCPUModel(nil), ""},
		"both kinds of speculation":       {parseSpeculation([]byte("Name:\tpython3\nSpeculation_Store_Bypass:\tthread vulnerable\nSpeculationIndirectBranch:\tconditional enabled\n")), "store bypass: thread vulnerable; indirect branch: conditional enabled"},
		"a kernel before 5.13":            {parseSpeculation([]byte("Speculation_Store_Bypass:\tnot vulnerable\n")), "store bypass: not vulnerable"},
		"a kernel that tells neither":     {parseSpeculation([]byte("Name:\tpython3\n")), ""},
		"a name with controls":            {fitting("AMD\x1b[2J EPYC\t", 128), "AMD [2J EPYC"},
		"a name that is too long":         {fitting(strings.Repeat("x", 200), 8), "xxxxx…"},
		"a file that does not exist":      {string(beginning("/nonexistent")), ""},
		"a folder in the place of a file": {string(beginning("/")), ""},
	} {
		t.Run(name, func(t *testing.T) {
			if c.got != c.want {
				t.Errorf("got %q, want %q", c.got, c.want)
			}
		})
	}
}

func TestTheVersionOfCgroups(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"the root of v2":          {"cgroup.controllers", contract.CgroupV2},
		"a container's v2":        {"memory.events", contract.CgroupV2},
		"a container's v1":        {"memory/memory.oom_control", contract.CgroupV1},
		"v1, given directly":      {"memory.oom_control", contract.CgroupV1},
		"a folder without cgroup": {"other", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, c.file)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if got := cgroupVersion(dir); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
