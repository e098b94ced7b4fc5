package seccomp

import (
	"fmt"
	"testing"
	"time"
)

// loop calls a system call b.N times in one sealed process and reports the process's own time for each.
func loop(b *testing.B, number string) {
	s := newSealed(b, "")
	results := map[string]int{}
	s.send(fmt.Sprintf(`
call, number = libc.syscall, ctypes.c_long(%s)
start = time.perf_counter_ns()
for _ in range(%d):
    call(number)
results["ns"] = time.perf_counter_ns() - start
`, number, b.N))
	s.receive(&results)
	s.awaitEnd()
	b.ReportMetric(float64(results["ns"])/float64(b.N), "ns/call")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkDeniedCall is the price of a call that is reported: filter, wake-up of the runner, record, answer.
func BenchmarkDeniedCall(b *testing.B) { loop(b, "9999") }

// BenchmarkAllowedCall is the same loop with getppid or its like, which passes the filter: what Python and the kernel take anyway.
func BenchmarkAllowedCall(b *testing.B) {
	native, err := Native()
	if err != nil {
		b.Fatal(err)
	}
	nr, _ := native.number("getppid")
	loop(b, fmt.Sprint(nr))
}

// BenchmarkSeal is the time from a process that is ready to one that has proved its seal: load, hand over, probes, checks.
func BenchmarkSeal(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s := startSealing(b, nativeProgram(b), `os.write(4, b"0\n"); receive()`)
		s.receive(new(int))
		b.StartTimer()
		s.send("")
		s.takeListener()
		s.serve()
		var answered []int
		s.receive(&answered)
		s.awaitControlEnd()
		if _, err := Prove(s.probes, s.tally().Violations, answered); err != nil {
			s.Fatal(err)
		}
		if err := VerifySealed(s.pid()); err != nil {
			s.Fatal(err)
		}
		b.StopTimer()
		s.stop()
		b.StartTimer()
	}
}

// BenchmarkAssemble is the time to turn the policy into a program.
func BenchmarkAssemble(b *testing.B) {
	for b.Loop() {
		if _, err := Default().Assemble(AMD64); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRecord is the time to count a call whose name is known.
func BenchmarkRecord(b *testing.B) {
	r := NewRecorder(time.Now, nil)
	for b.Loop() {
		r.Record(Notification{Name: "openat"})
	}
}
