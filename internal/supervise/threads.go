package supervise

import (
	"runtime"
	"sync"
)

// spareThreads is how many system calls of this program may block at once while a strategy runs: pipes, the record, the
// log, the listener and the wait for the process, twice over. Go's own needs come on top.
const spareThreads = 16

// reserveThreads makes this program's threads now, as many as it can need while a strategy runs. Go ends a program that
// cannot start a thread, and a strategy that uses up the Pod's processes could choose that moment.
func reserveThreads() { occupyThreads(2*spareThreads + runtime.GOMAXPROCS(0)) }

// occupyThreads runs n threads at once, each to wait for all others.
func occupyThreads(n int) {
	var arrived, gone sync.WaitGroup
	release := make(chan struct{})
	arrived.Add(n)
	for range n {
		gone.Go(func() {
			// A locked goroutine occupies a thread also while it waits. Unlocked before its end, it leaves the thread to others.
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			arrived.Done()
			<-release
		})
	}
	arrived.Wait()
	close(release)
	gone.Wait()
}
