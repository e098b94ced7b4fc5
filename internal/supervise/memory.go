package supervise

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// memoryInterval is how often a watched process's memory is read. Memory is touched at a few GiB a second at most, so a
// process is some ten MiB above its limit before it is seen there.
const memoryInterval = 10 * time.Millisecond

// memoryWatch kills a process that uses more memory than it may. It stands in for a memory cgroup of the process's own,
// which takes privileges to make. The mapped dataset does not count: its pages belong to the file.
type memoryWatch struct {
	limit int64
	// folder is the process's in /proc, status the file of its first thread.
	folder  string
	status  *os.File
	kill    func()
	stopped chan struct{}
	ended   sync.WaitGroup
	seen    int64
}

// watchMemory begins to watch the process. Nothing is watched if limit is 0.
func watchMemory(pid int, limit int64, kill func()) (*memoryWatch, error) {
	if limit == 0 {
		return nil, nil
	}
	folder := filepath.Join("/proc", strconv.Itoa(pid))
	status, err := os.Open(filepath.Join(folder, "status"))
	if err != nil {
		return nil, fmt.Errorf("watch the strategy's memory: %w", err)
	}
	w := &memoryWatch{limit: limit, folder: folder, status: status, kill: kill, stopped: make(chan struct{})}
	w.ended.Go(w.watch)
	return w, nil
}

func (w *memoryWatch) watch() {
	ticker := time.NewTicker(memoryInterval)
	defer ticker.Stop()
	text := make([]byte, 8<<10)
	for {
		select {
		case <-w.stopped:
			return
		case <-ticker.C:
		}
		n, _ := w.status.ReadAt(text, 0)
		if n == 0 {
			return // the process is dead and buried
		}
		used, told := parseMemory(text[:n])
		if !told {
			used = w.ofOtherThreads()
		}
		if used > w.limit {
			w.seen = used
			w.kill()
			return
		}
	}
}

// ofOtherThreads is the memory of a process whose first thread has ended, which says nothing of it any more.
func (w *memoryWatch) ofOtherThreads() int64 {
	threads, _ := filepath.Glob(filepath.Join(w.folder, "task", "*", "status"))
	for _, file := range threads {
		// Threads come and go; all that live tell the same.
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		if used, told := parseMemory(text); told {
			return used
		}
	}
	return 0
}

// stop ends the watch and returns how much memory the process was killed for, or 0.
func (w *memoryWatch) stop() int64 {
	if w == nil {
		return 0
	}
	close(w.stopped)
	w.ended.Wait()
	w.status.Close()
	return w.seen
}

// memoryFields are the lines of /proc/PID/status that add up to what only this process uses.
var memoryFields = [][]byte{[]byte("RssAnon:"), []byte("RssShmem:"), []byte("VmSwap:")}

// parseMemory adds them up and reports whether there was any.
func parseMemory(status []byte) (used int64, told bool) {
	var kib int64
	for line := range bytes.Lines(status) {
		for _, name := range memoryFields {
			if value, ok := bytes.CutPrefix(line, name); ok {
				n, _ := strconv.ParseInt(string(bytes.TrimSuffix(bytes.TrimSpace(value), []byte(" kB"))), 10, 64)
				kib, told = kib+n, true
			}
		}
	}
	return kib << 10, told
}

// addressSpace is how much the process has mapped, used or not.
func addressSpace(pid int) (int64, error) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "statm"))
	if err != nil {
		return 0, fmt.Errorf("read the strategy's address space: %w", err)
	}
	pages, _, _ := bytes.Cut(text, []byte(" "))
	n, err := strconv.ParseInt(string(pages), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read the strategy's address space: %w", err)
	}
	return n * int64(os.Getpagesize()), nil
}
