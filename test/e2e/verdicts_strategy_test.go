package e2e

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

func reportOnly(text string) string { return strings.Replace(text, "mode: Enforce", "mode: Report", 1) }

// busyFor is an honest strategy that takes as many seconds, and says when it begins.
func busyFor(seconds int) string {
	return fmt.Sprintf(`
from datetime import datetime, timedelta

def strategy(data):
    print('begun', flush=True)
    end = datetime.now() + timedelta(seconds=%d)
    while datetime.now() < end:
        pass
    return data.get('price:收盤價').is_smallest(5)
`, seconds)
}

// exits is a strategy that ends its process with an exit code of its choice.
func exits(code int) string {
	return fmt.Sprintf("import os\n\ndef strategy(data):\n    os._exit(%d)\n", code)
}

// begun waits until the strategy has printed that it has begun.
func begun(ctx context.Context, pod *corev1.Pod) {
	GinkgoHelper()
	Eventually(ctx, func() (string, error) {
		text, err := clientset.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, &corev1.PodLogOptions{}).DoRaw(ctx)
		return string(text), err
	}).WithPolling(50 * time.Millisecond).Should(ContainSubstring("begun"))
}

var _ = Describe("The verdict is true when", func() {
	DescribeTable("a strategy", bringAbout,
		Entry("is honest", end{verdict: v1alpha1.VerdictCompleted, says: "was scored", recording: "completed"}),
		Entry("raises an exception", end{
			code: "def strategy(data):\n    return 1 / 0\n", verdict: v1alpha1.VerdictStrategyError, says: "ZeroDivisionError", recording: "strategy-error",
		}),
		Entry("returns nothing", end{
			code: "def strategy(data):\n    return None\n", verdict: v1alpha1.VerdictResultInvalid, says: "position", recording: "result-invalid",
		}),
		Entry("imports what the gate forbids", end{
			code: "import os\n\ndef strategy(data):\n    return os.listdir('/')\n", verdict: v1alpha1.VerdictASTRejected, says: "line 1", recording: "ast-rejected",
		}),
		Entry("asks for a dataset that nobody offers", end{
			options: []option{onDataset("no-such-data")}, verdict: v1alpha1.VerdictNotAccepted, says: "no-such-data",
		}),
		Entry("is cancelled while it runs", end{
			code: endlessLoop,
			during: func(ctx context.Context, run *v1alpha1.StrategyRun, _ *corev1.Pod) {
				Expect(cluster.Patch(ctx, run.DeepCopy(), client.RawPatch(types.MergePatchType, []byte(`{"spec":{"cancel":true}}`)))).To(Succeed())
			},
			verdict: v1alpha1.VerdictCancelled, says: "spec.cancel",
		}),
		Entry("never ends", end{
			code: endlessLoop, options: []option{deadline(3)}, verdict: v1alpha1.VerdictDeadlineExceeded, says: "its limit is 3s", recording: "deadline-by-runner",
		}),
		Entry("uses up its CPU time", end{
			code: endlessLoop, options: []option{cpuTime(1)}, verdict: v1alpha1.VerdictCPUTimeExceeded, says: "its limit is 1s", recording: "cpu-time",
		}),
		Entry("uses up its memory", end{
			code: outOfMemory, options: []option{memory("512Mi")}, verdict: v1alpha1.VerdictOOMKilled, says: "memory limit of 512Mi", recording: "oom-of-the-child",
		}),
		Entry("uses up its memory after its deadline while the runner cannot look", end{
			code: `
from datetime import datetime, timedelta

def strategy(data):
    print('begun', flush=True)
    end = datetime.now() + timedelta(seconds=4)
    while datetime.now() < end:
        pass
    kept = []
    while True:
        kept.append(np.ones(4_000_000))
`,
			options: []option{memory("512Mi"), deadline(5)},
			during: func(ctx context.Context, _ *v1alpha1.StrategyRun, pod *corev1.Pod) {
				begun(ctx, pod)
				since := time.Now()
				runner, strategy := runnerOf(pod), strategyOf(pod)
				send(runner, syscall.SIGSTOP)
				Eventually(func() bool { return ended(strategy) && time.Since(since) > 6*time.Second }).Should(BeTrue())
				send(runner, syscall.SIGCONT)
			},
			verdict: v1alpha1.VerdictOOMKilled, says: "memory limit of 512Mi", recording: "oom-and-deadline",
		}),
		Entry("has its memory used up with the runner in it", end{
			code: busyFor(60), options: []option{memory("512Mi")},
			during: func(ctx context.Context, _ *v1alpha1.StrategyRun, pod *corev1.Pod) {
				begun(ctx, pod)
				runner := runnerOf(pod)
				send(runner, syscall.SIGSTOP)
				exhaustMemory(runner)
			},
			verdict: v1alpha1.VerdictOOMKilled, says: "memory limit of 512Mi, in phase Execution", recording: "oom-of-the-container",
		}),
		Entry("has no memory left to be scored with", end{
			code: "def strategy(data):\n    print('begun', flush=True)\n    return data.get('price:收盤價').rank(axis=1, pct=True)\n", options: []option{memory("768Mi")},
			during: func(ctx context.Context, _ *v1alpha1.StrategyRun, pod *corev1.Pod) {
				runner, strategy := runnerOf(pod), strategyOf(pod)
				// The runner buries the strategy, then notes that it scores, then scores: it is stopped at one of these.
				Eventually(func() bool { return ended(strategy) }).WithPolling(time.Millisecond).Should(BeTrue())
				send(runner, syscall.SIGSTOP)
				exhaustMemory(runner)
			},
			verdict: v1alpha1.VerdictOOMKilled, says: ", in phase ", recording: "oom-while-scoring",
		}),
		Entry("has too little memory to import its libraries", end{
			alter: []string{
				`{op: "replace", path: "/spec/containers/0/resources/limits/memory", value: "48Mi"}`,
				`{op: "replace", path: "/spec/containers/0/resources/requests/memory", value: "48Mi"}`,
			},
			verdict: v1alpha1.VerdictOOMKilled, says: "memory limit of 48Mi", recording: "oom-while-importing",
		}),
		Entry("has its container's disk filled", end{
			code: endlessLoop, options: []option{func(r *v1alpha1.StrategyRun) {
				r.Spec.Limits.EphemeralStorage = new(resource.MustParse("16Mi"))
			}},
			during: func(_ context.Context, _ *v1alpha1.StrategyRun, pod *corev1.Pod) { fillDisk(runnerOf(pod), 200<<20) },
			// The kubelet measures every ten seconds.
			verdict: v1alpha1.VerdictDiskLimitExceeded, says: "limit of 16Mi", recording: "disk-limit",
		}),
	)

	Context("the gate only reports, and", Ordered, ContinueOnFailure, func() {
		BeforeAll(func(ctx SpecContext) { configure(ctx, reportOnly) })
		DescribeTable("a strategy", bringAbout,
			Entry("opens a socket", end{
				code:    "import socket\n\ndef strategy(data):\n    socket.socket()\n",
				verdict: v1alpha1.VerdictSecurityViolation, says: "socket (1)", recording: "security-violation",
			}),
			Entry("kills itself", end{
				code:    "import os\n\ndef strategy(data):\n    os.kill(os.getpid(), 9)\n",
				verdict: v1alpha1.VerdictSecurityViolation, says: "kill (1)",
			}),
			Entry("opens a socket and then uses up its memory", end{
				code:    "import socket\n\ndef strategy(data):\n    try:\n        socket.socket()\n    except OSError:\n        pass\n    kept = []\n    while True:\n        kept.append(np.ones(4_000_000))\n",
				options: []option{memory("512Mi")}, verdict: v1alpha1.VerdictSecurityViolation, says: "socket (1)", recording: "violation-and-oom",
			}),
			Entry("exits with code 0", end{code: exits(0), verdict: v1alpha1.VerdictResultInvalid, says: "exit code 0"}),
			Entry("exits with code 137, as if it were killed", end{code: exits(137), verdict: v1alpha1.VerdictResultInvalid, says: "exit code 137", recording: "exit-137"}),
			Entry("exits with code 139, as if it had crashed", end{code: exits(139), verdict: v1alpha1.VerdictResultInvalid, says: "exit code 139"}),
			Entry("exits with code 143, as if it were told to end", end{code: exits(143), verdict: v1alpha1.VerdictResultInvalid, says: "exit code 143"}),
			Entry("exits with code 159, as if a filter had killed it", end{code: exits(159), verdict: v1alpha1.VerdictResultInvalid, says: "exit code 159"}),
			Entry("crashes for reading memory that is not there", end{
				code:    "import ctypes\n\ndef strategy(data):\n    ctypes.string_at(0)\n",
				verdict: v1alpha1.VerdictStrategyError, says: "SIGSEGV", recording: "crash",
			}),
		)
	})
})
