package supervise

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/stratbox/stratbox/internal/contract"
)

// noteMachine records what the process is executed on, because that decides what a measured time means. It is
// asked after the seal: a filter can change how the kernel guards a process against speculation. What cannot be found out
// is left out.
func (a *attempt) noteMachine() {
	speculation := parseSpeculation(beginning(filepath.Join("/proc", strconv.Itoa(a.child.process.Pid), "status")))
	cpu := parseCPUModel(beginning("/proc/cpuinfo"))
	a.update(func(r *contract.Record) {
		r.CPUModel, r.Speculation = fitting(cpu, contract.MaxCPUModelBytes), fitting(speculation, contract.MaxSpeculationBytes)
		r.CgroupVersion = cgroupVersion(a.CgroupDir)
	})
}

func fitting(text string, limit int) string {
	return contract.Truncate(strings.TrimSpace(contract.Clean(text)), limit)
}

// maxBeginning is enough for the first processor of many, and for all of a process's status.
const maxBeginning = 16 << 10

func beginning(path string) []byte {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxBeginning))
	if err != nil {
		return nil
	}
	return text
}

// field is the value of the first line "name: value".
func field(text []byte, name string) string {
	for line := range bytes.Lines(text) {
		key, value, found := bytes.Cut(line, []byte(":"))
		if found && string(bytes.TrimSpace(key)) == name {
			return string(bytes.TrimSpace(value))
		}
	}
	return ""
}

// parseCPUModel reads /proc/cpuinfo. Where a processor has no name, as on ARM, its numbers have to do.
func parseCPUModel(cpuinfo []byte) string {
	if name := field(cpuinfo, "model name"); name != "" {
		return name
	}
	implementer, part := field(cpuinfo, "CPU implementer"), field(cpuinfo, "CPU part")
	if implementer == "" || part == "" {
		return ""
	}
	return "implementer " + implementer + ", part " + part
}

// parseSpeculation reads /proc/PID/status.
func parseSpeculation(status []byte) string {
	var told []string
	if state := field(status, "Speculation_Store_Bypass"); state != "" {
		told = append(told, "store bypass: "+state)
	}
	if state := field(status, "SpeculationIndirectBranch"); state != "" {
		told = append(told, "indirect branch: "+state)
	}
	return strings.Join(told, "; ")
}

// cgroupVersion tells the hierarchy by what only that version has at its root; empty where there is none.
func cgroupVersion(dir string) string {
	for _, sign := range []struct{ file, version string }{
		{"cgroup.controllers", contract.CgroupV2}, {"memory.events", contract.CgroupV2},
		{"memory", contract.CgroupV1}, {"memory.oom_control", contract.CgroupV1},
	} {
		if _, err := os.Stat(filepath.Join(dir, sign.file)); err == nil {
			return sign.version
		}
	}
	return ""
}
