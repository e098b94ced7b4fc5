package supervise

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// oomFiles hold the counter "oom_kill" of a memory cgroup: v2, v1 as mounted in a container, v1 given directly.
var oomFiles = []string{"memory.events", "memory/memory.oom_control", "memory.oom_control"}

// oomKills is how many processes the kernel has killed in the memory cgroup below dir, or -1 where that cannot be read.
func oomKills(dir string) int64 {
	for _, name := range oomFiles {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		if n, ok := parseOOMKills(text); ok {
			return n
		}
	}
	return -1
}

func parseOOMKills(text []byte) (int64, bool) {
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 2 && fields[0] == "oom_kill" {
			n, err := strconv.ParseInt(fields[1], 10, 64)
			return n, err == nil && n >= 0
		}
	}
	return 0, false
}
