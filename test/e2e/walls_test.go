package e2e

import (
	"context"
	"fmt"
	"io"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// hostilePrelude gives every hostile strategy denied(call): it expects EPERM. Whatever else happens, success or
// another error, is made visible by a call that no case makes otherwise: fspick.
const hostilePrelude = `
import ctypes, errno, os, signal, socket, subprocess, threading, time

libc = ctypes.CDLL(None, use_errno=True)

def native(number, *args):
    libc.syscall.restype = ctypes.c_long
    if libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in args]) == -1:
        raise OSError(ctypes.get_errno(), 'native')

def denied(call, *args):
    try:
        call(*args)
    except OSError as e:
        if e.errno == errno.EPERM:
            return
        print('unexpected', e)
    native(433, 0, 0, 0)

def strategy(data):
    position = data.get('price:收盤價') > 0
    attack()
    return position
`

var _ = Describe("The walls alone", Ordered, ContinueOnFailure, func() {
	BeforeAll(func(ctx SpecContext) {
		configure(ctx, func(text string) string { return strings.Replace(text, "mode: Enforce", "mode: Report", 1) })
	})

	DescribeTable("answer EPERM and record the call's name", func(ctx SpecContext, attack string, names ...string) {
		run := execute(ctx, hostilePrelude+"\ndef attack():\n"+indent(attack))
		expectVerdict(run, v1alpha1.VerdictSecurityViolation)
		Expect(syscalls(run)).To(ContainElements(names))
		Expect(syscalls(run)).NotTo(ContainElement("fspick"), "a call was not answered with EPERM")
		Expect(run.Status.Result.Metrics).To(BeEmpty())
		expectReported(ctx, run, names...)
	},
		Entry("files, plain", `
denied(open, '/etc/passwd')
denied(open, '/tmp/x', 'w')
denied(os.listdir, '/')
denied(os.stat, '/etc/passwd')
denied(os.unlink, '/tmp/x')
denied(os.mkdir, '/tmp/d')
`, "openat", "unlink", "mkdir"),
		Entry("files, native", `
denied(native, 257, -100, b'/etc/passwd', 0, 0)
denied(native, 2, b'/etc/passwd', 0, 0)
denied(native, 437, -100, b'/etc/passwd', 0, 24)
denied(native, 319, b'x', 0)
denied(native, 0, 0, 0, 0)
denied(native, 1, 9, b'x', 1)
`, "openat", "open", "openat2", "memfd_create", "read", "write"),
		Entry("network, plain", `
denied(socket.socket)
denied(socket.create_connection, ('127.0.0.1', 80), 1)
denied(socket.socketpair)
`, "socket", "socketpair"),
		Entry("network, native", `
denied(native, 41, 2, 1, 0)
denied(native, 42, 4, b'x' * 16, 16)
denied(native, 44, 4, b'x', 1, 0, 0, 0)
denied(native, 425, 8, b'x' * 120)
`, "socket", "connect", "sendto", "io_uring_setup"),
		Entry("processes, plain", `
denied(os.fork)
denied(os.execv, '/bin/sh', ['sh'])
denied(os.kill, 1, 9)
denied(os.kill, 1, 19)
denied(subprocess.Popen, ['/bin/true'])
`, "execve", "kill"),
		Entry("processes, native", `
denied(native, 57)
denied(native, 58)
denied(native, 56, 17, 0, 0, 0, 0)
denied(native, 59, b'/bin/sh', 0, 0)
denied(native, 62, 1, 9)
denied(native, 101, 16, 1, 0, 0)
denied(native, 317, 1, 0, 0)
denied(native, 157, 22, 2, 0)
denied(native, 272, 0x10000000)
`, "fork", "vfork", "clone", "execve", "kill", "ptrace", "seccomp", "prctl", "unshare"),
		Entry("the clock, plain", `
denied(time.clock_settime, time.CLOCK_REALTIME, 0)
`, "clock_settime"),
		Entry("the clock, native", `
denied(native, 227, 0, b'\0' * 16)
denied(native, 164, b'\0' * 16, 0)
denied(native, 159, b'\0' * 208)
`, "clock_settime", "settimeofday", "adjtimex"),
		Entry("from another thread", `
def body():
    denied(open, '/etc/passwd')
    denied(native, 41, 2, 1, 0)
t = threading.Thread(target=body)
t.start()
t.join()
`, "openat", "socket"),
		Entry("and then exiting at once", `
try:
    open('/etc/passwd')
finally:
    os._exit(0)
`, "openat"),
	)

	It("count a flood of 200,000 calls to the last", func(ctx SpecContext) {
		run := execute(ctx, hostilePrelude+`
def attack():
    for i in range(200_000):
        libc.syscall(41, 2, 1, 0)
`)
		expectVerdict(run, v1alpha1.VerdictSecurityViolation)
		Expect(run.Status.Violations).To(ConsistOf(And(HaveField("Syscall", "socket"), HaveField("Count", HaveValue(BeEquivalentTo(200_000))))))
		Expect(run.Status.ViolationCount).To(HaveValue(BeEquivalentTo(200_000)))
	})

	It("record an attempt even when the deadline or the memory limit ends it", func(ctx SpecContext) {
		late := submit(ctx, hostilePrelude+`
def attack():
    denied(open, '/etc/passwd')
    while True:
        pass
`, deadline(5))
		fat := submit(ctx, hostilePrelude+`
def attack():
    denied(open, '/etc/passwd')
    hoard = []
    while True:
        hoard.append(bytearray(10_000_000))
`, memory("512Mi"))
		for _, run := range []*v1alpha1.StrategyRun{finished(ctx, late), finished(ctx, fat)} {
			expectVerdict(run, v1alpha1.VerdictSecurityViolation)
			Expect(syscalls(run)).To(ContainElement("openat"))
		}
	})

	It("keep a strategy that makes all the threads it can from disturbing another", func(ctx SpecContext) {
		greedy := submit(ctx, hostilePrelude+`
def attack():
    made = 0
    try:
        while True:
            threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
            made += 1
    except RuntimeError:
        assert 400 < made < 600, made
    time.sleep(8)
`)
		executing(ctx, greedy)
		modest := execute(ctx, hostilePrelude+`
def attack():
    for i in range(100):
        threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
`)
		expectVerdict(modest, v1alpha1.VerdictCompleted)
		expectVerdict(finished(ctx, greedy), v1alpha1.VerdictCompleted)
	})

	It("leave an honest strategy alone, and the gate's finding is recorded", func(ctx SpecContext) {
		clean := execute(ctx, functionStyle)
		expectVerdict(clean, v1alpha1.VerdictCompleted)
		Expect(clean.Status.Gate).To(BeNil())
		found := execute(ctx, "import os\n"+functionStyle)
		expectVerdict(found, v1alpha1.VerdictCompleted)
		Expect(found.Status.Gate).To(HaveValue(HaveField("Rule", "import-not-allowed")))
	})
})

func indent(code string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(code), "\n", "\n    ") + "\n"
}

// expectReported asserts that a violation is told in status, in a warning Event and in the manager's audit log.
func expectReported(ctx context.Context, run *v1alpha1.StrategyRun, names ...string) {
	GinkgoHelper()
	reason, violated := condition(run, v1alpha1.ConditionSecurityViolation)
	Expect(violated).To(BeTrue())
	Expect(reason).To(Equal(v1alpha1.ReasonSyscallDenied))
	Eventually(ctx, func(g Gomega) {
		var events eventsv1.EventList
		g.Expect(cluster.List(ctx, &events, client.InNamespace(run.Namespace))).To(Succeed())
		g.Expect(events.Items).To(ContainElement(And(
			HaveField("Regarding.UID", run.UID),
			HaveField("Type", corev1.EventTypeWarning),
			HaveField("Reason", string(v1alpha1.VerdictSecurityViolation)),
			HaveField("Note", ContainSubstring(names[0])))))
	}).Should(Succeed())
	logs := managerLogs(ctx)
	for _, name := range names {
		Expect(logs).To(ContainElement(And(
			ContainSubstring("violation"), ContainSubstring(run.Name), ContainSubstring(run.Spec.StrategyID),
			ContainSubstring(fmt.Sprintf("%q:%q", "syscall", name)))))
	}
}

// managerLogs are the lines the manager has logged since its container started.
func managerLogs(ctx context.Context) []string {
	GinkgoHelper()
	var lines []string
	for _, pod := range managerPods(ctx) {
		stream, err := clientset.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, &corev1.PodLogOptions{}).Stream(ctx)
		Expect(err).NotTo(HaveOccurred())
		text, err := io.ReadAll(stream)
		Expect(err).NotTo(HaveOccurred())
		Expect(stream.Close()).To(Succeed())
		lines = append(lines, strings.Split(string(text), "\n")...)
	}
	return lines
}

func managerPods(ctx context.Context) []corev1.Pod {
	GinkgoHelper()
	var pods corev1.PodList
	Expect(cluster.List(ctx, &pods, client.InNamespace(systemNamespace),
		client.MatchingLabels{"app.kubernetes.io/name": "stratbox-manager"})).To(Succeed())
	Expect(pods.Items).NotTo(BeEmpty(), "no manager Pod")
	return pods.Items
}
