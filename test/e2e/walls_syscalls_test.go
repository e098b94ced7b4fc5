package e2e

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/seccomp"
)

// syscallsTable is where the outcome of every call is written, for people.
const syscallsTable = "../../.artifacts/syscalls.tsv"

// sweep makes each call of a batch on two threads, with all arguments 0, and prints what it was answered.
const sweep = hostilePrelude + `
def attack():
    def body(thread):
        for number in numbers:
            ctypes.set_errno(0)
            failed = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(0)] * 6) == -1
            print('call', number, thread, ctypes.get_errno() if failed else 0, flush=True)
    body('main')
    other = threading.Thread(target=body, args=('other',))
    other.start()
    other.join()
    print('done', flush=True)
    time.sleep(3)  # until the log is read

numbers = `

// fate is what became of one call in a Pod.
type fate struct {
	number   uint32
	name     string
	answers  map[string]string
	recorded int64
}

// Every call that the policy denies is tried in real Pods, as many at a time as a record names.
var _ = Describe("Every system call that is denied", Ordered, func() {
	var fates []*fate

	BeforeAll(func(ctx SpecContext) {
		configure(ctx, reportOnly)
		arch, err := seccomp.Native()
		Expect(err).NotTo(HaveOccurred())
		probes := seccomp.Default().Probes(arch)
		for _, extra := range []uint32{probes[len(probes)-1].Number + 1, 9999, 1 << 20, 0x40000000 + 39, 0x40000000 + 257, 0x40000000 + 520, 1<<32 - 1} {
			probes = append(probes, seccomp.Probe{Name: arch.NativeName(extra), Number: extra})
		}
		type batch struct {
			run    *v1alpha1.StrategyRun
			answer chan map[string]map[string]string
			fates  []*fate
		}
		var batches []batch
		for chunk := range slices.Chunk(probes, contract.MaxViolations) {
			b := batch{answer: make(chan map[string]map[string]string, 1)}
			var numbers []string
			for _, p := range chunk {
				b.fates = append(b.fates, &fate{number: p.Number, name: p.Name})
				numbers = append(numbers, fmt.Sprint(p.Number))
			}
			b.run = submit(ctx, sweep+"("+strings.Join(numbers, ", ")+",)\n")
			go func() {
				defer GinkgoRecover()
				defer close(b.answer)
				b.answer <- answers(ctx, b.run)
			}()
			batches = append(batches, b)
		}
		for _, b := range batches {
			ended := finished(ctx, b.run)
			told := <-b.answer
			Expect(told).To(HaveLen(len(b.fates)), "answers in the log of %s", b.run.Name)
			counts := map[string]int64{}
			for _, v := range ended.Status.Violations {
				counts[v.Syscall] = *v.Count
			}
			for _, f := range b.fates {
				f.answers, f.recorded = told[fmt.Sprint(f.number)], counts[f.name]
				delete(counts, f.name)
				fates = append(fates, f)
			}
			Expect(counts).To(BeEmpty(), "calls that nobody made")
		}
		writeTable(fates)
	}, NodeTimeout(0))

	It("is answered EPERM and recorded by name, on every thread and through the x32 interface", func() {
		border := uint32(0) // of what this node's container runtime passes on
		for _, f := range fates {
			if f.recorded > 0 && f.number < 1<<16 {
				border = max(border, f.number)
			}
		}
		var unheard []string
		for _, f := range fates {
			if f.recorded == 0 && f.number > border && !strings.HasPrefix(f.name, "x32:") && f.answers["main"] == "38" && f.answers["other"] == "38" {
				unheard = append(unheard, f.name) // newer than the runtime knows: ENOSYS, as on a kernel without it
				continue
			}
			Expect(f.answers).To(Equal(map[string]string{"main": "1", "other": "1"}), f.name)
			Expect(f.recorded).To(BeEquivalentTo(2), f.name)
		}
		AddReportEntry("calls recorded", len(fates)-len(unheard))
		AddReportEntry("calls newer than the node's container runtime knows", strings.Join(unheard, " "))
		Expect(border).To(BeNumerically(">=", 448), "wall 1 hides calls that were known years ago")
	})
})

// answers follows a run's log and returns what each call was answered on each thread.
func answers(ctx context.Context, run *v1alpha1.StrategyRun) map[string]map[string]string {
	GinkgoHelper()
	pod := executing(ctx, run)
	stream, err := clientset.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, &corev1.PodLogOptions{Follow: true}).Stream(ctx)
	Expect(err).NotTo(HaveOccurred())
	defer stream.Close()
	told := map[string]map[string]string{}
	lines := bufio.NewScanner(stream)
	for lines.Scan() {
		var number, thread, errno string
		if n, _ := fmt.Sscanf(lines.Text(), "strategy stdout: call %s %s %s", &number, &thread, &errno); n == 3 {
			if told[number] == nil {
				told[number] = map[string]string{}
			}
			told[number][thread] = errno
		}
		if lines.Text() == "strategy stdout: done" {
			break
		}
	}
	return told
}

func writeTable(fates []*fate) {
	GinkgoHelper()
	var b strings.Builder
	fmt.Fprintln(&b, "number\tname\tthread=errno\trecorded")
	for _, f := range fates {
		var told []string
		for _, thread := range slices.Sorted(maps.Keys(f.answers)) {
			told = append(told, thread+"="+f.answers[thread])
		}
		fmt.Fprintf(&b, "%d\t%s\t%s\t%d\n", f.number, f.name, strings.Join(told, " "), f.recorded)
	}
	Expect(os.MkdirAll(filepath.Dir(syscallsTable), 0o755)).To(Succeed())
	Expect(os.WriteFile(syscallsTable, []byte(b.String()), 0o644)).To(Succeed())
}
