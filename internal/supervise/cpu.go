package supervise

import (
	"sync"
	"time"
)

// cpuInterval is how often a watched process's CPU time is read.
const cpuInterval = 100 * time.Millisecond

// cpuWatch kills a process that has used more CPU time than it may and ignores the signal that the kernel sent for it.
// The kernel has a limit that kills, too, but counts by its timer's ticks: a process that sleeps between them and runs at
// each reaches it with hardly any time used, and would be killed for what nobody can tell from a signal from outside.
type cpuWatch struct {
	used    func() (time.Duration, error)
	limit   time.Duration
	kill    func()
	stopped chan struct{}
	ended   sync.WaitGroup
	over    bool
}

// watchCPU begins to watch the process whose CPU time used tells.
func watchCPU(used func() (time.Duration, error), limit time.Duration, kill func()) *cpuWatch {
	w := &cpuWatch{used: used, limit: limit, kill: kill, stopped: make(chan struct{})}
	w.ended.Go(w.watch)
	return w
}

func (w *cpuWatch) watch() {
	ticker := time.NewTicker(cpuInterval)
	defer ticker.Stop()
	for {
		select {
		case <-w.stopped:
			return
		case <-ticker.C:
		}
		used, err := w.used()
		if err != nil {
			return // the process is dead and buried
		}
		if used >= w.limit {
			w.over = true
			w.kill()
			return
		}
	}
}

// stop ends the watch and reports whether it has killed the process. Without a watch nothing was killed.
func (w *cpuWatch) stop() bool {
	if w == nil {
		return false
	}
	close(w.stopped)
	w.ended.Wait()
	return w.over
}
