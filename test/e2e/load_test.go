package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// loadCase is one kind of run in the crowd.
type loadCase struct {
	name    string
	code    string
	options []option
	verdict v1alpha1.Verdict
}

// behindTheGate are submitted while the gate refuses, behindTheWalls while it only reports. Honest ones are in both.
var (
	behindTheGate = []loadCase{
		{"honest", functionStyle, nil, v1alpha1.VerdictCompleted},
		{"raises", "def strategy(data):\n    return 1 / 0\n", nil, v1alpha1.VerdictStrategyError},
		{"import", "import os\n\ndef strategy(data):\n    return os.listdir('/')\n", nil, v1alpha1.VerdictASTRejected},
		{"memory", outOfMemory, []option{memory("512Mi")}, v1alpha1.VerdictOOMKilled},
		{"endless", endlessLoop, []option{deadline(2)}, v1alpha1.VerdictDeadlineExceeded},
		{"nothing", "def strategy(data):\n    pass\n", nil, v1alpha1.VerdictResultInvalid},
	}
	behindTheWalls = []loadCase{
		{"honest", functionStyle, nil, v1alpha1.VerdictCompleted},
		{"socket", "import socket\n\ndef strategy(data):\n    socket.socket()\n", nil, v1alpha1.VerdictSecurityViolation},
		{"file", "def strategy(data):\n    open('/etc/passwd')\n", nil, v1alpha1.VerdictSecurityViolation},
		{"flood", "def strategy(data):\n    for i in range(20_000):\n        try:\n            open('/etc/passwd')\n        except OSError:\n            pass\n", nil, v1alpha1.VerdictSecurityViolation},
		{"processor", endlessLoop, []option{cpuTime(1)}, v1alpha1.VerdictCPUTimeExceeded},
		{"exit", exits(137), nil, v1alpha1.VerdictResultInvalid},
	}
)

var _ = Describe("Many runs, hostile and honest, five at a time", Serial, Label("load"), func() {
	It("each have the verdict they deserve, and leave nothing behind", func(ctx SpecContext) {
		count := 48
		if text := os.Getenv("LOAD_RUNS"); text != "" {
			var err error
			count, err = strconv.Atoi(text)
			Expect(err).NotTo(HaveOccurred(), "LOAD_RUNS is a number of runs")
		}
		// The first runs make caches and connections that stay.
		warmUp := crowd(ctx, behindTheGate, len(behindTheGate))
		Eventually(func() []string { return tracesOf(warmUp...) }).WithPolling(5 * time.Second).Should(BeEmpty())
		before, managerBefore := settledCensus(ctx), managerCensus(ctx)

		began := time.Now()
		pods := crowd(ctx, behindTheGate, count/2)
		configure(ctx, reportOnly)
		pods = append(pods, crowd(ctx, behindTheWalls, count-count/2)...)
		took := time.Since(began)

		Eventually(func() []string { return tracesOf(pods...) }).WithPolling(5 * time.Second).Should(BeEmpty())
		for what, n := range before {
			Eventually(func() int { return census(ctx)[what] }).WithPolling(2*time.Second).Should(BeNumerically("<=", n), "%s on the node, %d before", what, n)
		}
		Eventually(func(g Gomega) {
			after := managerCensus(ctx)
			g.Expect(after["go_goroutines"]).To(BeNumerically("<=", managerBefore["go_goroutines"]+5))
			g.Expect(after["process_open_fds"]).To(BeNumerically("<=", managerBefore["process_open_fds"]+3))
			// Twice what was alive at the last collection; a collection comes every two minutes at the latest.
			g.Expect(after["go_memstats_next_gc_bytes"]).To(BeNumerically("<=", managerBefore["go_memstats_next_gc_bytes"]+(8<<20)))
		}).WithTimeout(5 * time.Minute).WithPolling(5 * time.Second).Should(Succeed())
		report := fmt.Sprintf("%d runs in %s\nnode before %v\nnode after  %v\nmanager before %v\nmanager after  %v\n",
			count, took.Round(time.Second), before, census(ctx), managerBefore, managerCensus(ctx))
		AddReportEntry("load", report)
		Expect(os.MkdirAll(artifacts, 0o755)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(artifacts, "load.txt"), []byte(report), 0o644)).To(Succeed())
	})
})

// crowd submits runs all at once, checks each one's verdict, removes them, and returns the UIDs of the Pods they had.
func crowd(ctx context.Context, cases []loadCase, count int) []string {
	GinkgoHelper()
	want := map[string]loadCase{}
	for i := range count {
		c := cases[i%len(cases)]
		run := newRun(c.code, c.options...)
		want[run.Name] = c
		Expect(cluster.Create(ctx, run)).To(Succeed())
	}
	var runs v1alpha1.StrategyRunList
	Eventually(ctx, func(g Gomega) {
		g.Expect(cluster.List(ctx, &runs, client.InNamespace(runsNamespace))).To(Succeed())
		over := 0
		for _, run := range runs.Items {
			if _, mine := want[run.Name]; mine && apimeta.IsStatusConditionTrue(run.Status.Conditions, v1alpha1.ConditionFinished) {
				over++
			}
		}
		g.Expect(over).To(Equal(count))
	}).WithTimeout(time.Duration(count)*10*time.Second + time.Minute).WithPolling(time.Second).Should(Succeed())
	var pods, wrong []string
	for _, run := range runs.Items {
		c, mine := want[run.Name]
		if !mine {
			continue
		}
		said, why := verdict(&run)
		if said != c.verdict {
			wrong = append(wrong, fmt.Sprintf("%s (%s): %s, not %s: %s", run.Name, c.name, said, c.verdict, why))
		}
		for _, attempt := range run.Status.Attempts {
			pods = append(pods, attempt.PodUID)
		}
	}
	Expect(wrong).To(BeEmpty())
	Expect(pods).To(HaveLen(count))
	removeAllRuns(ctx)
	return pods
}

// settledCensus is what is on the node once it has cleaned up after earlier Pods: no container of any run is there, and
// nothing changes.
func settledCensus(ctx context.Context) map[string]int {
	GinkgoHelper()
	var counts map[string]int
	Eventually(func() bool {
		earlier := counts
		counts = census(ctx)
		return counts[containersOfRuns] == 0 && fmt.Sprint(earlier) == fmt.Sprint(counts)
	}).WithTimeout(3 * time.Minute).WithPolling(10 * time.Second).Should(BeTrue())
	return counts
}

// containersOfRuns counts Pod sandboxes, too.
const containersOfRuns = "containers of runs"

// census counts what a Pod that was not cleaned up would leave on the node.
func census(_ context.Context) map[string]int {
	GinkgoHelper()
	lines := func(arguments ...string) int {
		// Warnings go to the other output.
		text, err := exec.Command("../../bin/localnode", append([]string{"exec", "--"}, arguments...)...).Output()
		Expect(err).NotTo(HaveOccurred(), "%v", arguments)
		return strings.Count(string(text), "\n")
	}
	ofRuns := fmt.Sprintf("labels.%q==%s", "io.kubernetes.pod.namespace", runsNamespace)
	counts := map[string]int{
		containersOfRuns:     lines("ctr", "-n", "k8s.io", "containers", "ls", "-q", ofRuns),
		"containers":         lines("ctr", "-n", "k8s.io", "containers", "ls", "-q"),
		"snapshots":          lines("ctr", "-n", "k8s.io", "snapshots", "ls"),
		"network interfaces": lines("ip", "-oneline", "link"),
	}
	for line := range strings.Lines(localnode("status")) {
		fields := strings.Fields(line)
		if len(fields) == 3 && (fields[0] == "kubelet" || fields[0] == "containerd") {
			open, err := os.ReadDir(filepath.Join("/proc", fields[1], "fd"))
			Expect(err).NotTo(HaveOccurred())
			// A few belong to requests that happen to be under way.
			counts["descriptors of "+fields[0]+", in tens"] = (len(open) + 9) / 10
		}
	}
	return counts
}

// managerCensus are the manager's own counts.
func managerCensus(ctx context.Context) map[string]float64 {
	GinkgoHelper()
	series, err := managerSeries(ctx)
	Expect(err).NotTo(HaveOccurred())
	counts := map[string]float64{}
	for _, name := range []string{"go_goroutines", "process_open_fds", "go_memstats_next_gc_bytes", "process_resident_memory_bytes"} {
		Expect(series).To(HaveKey(name))
		counts[name] = series[name]
	}
	return counts
}

// managerSeries are the manager's metrics, by name and labels as it writes them.
func managerSeries(ctx context.Context) (map[string]float64, error) {
	text, err := clientset.CoreV1().RESTClient().Get().Namespace(systemNamespace).Resource("pods").
		Name(managerPods(ctx)[0].Name + ":8080").SubResource("proxy").Suffix("metrics").DoRaw(ctx)
	if err != nil {
		return nil, err
	}
	series := map[string]float64{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if at := strings.LastIndex(line, " "); at > 0 && !strings.HasPrefix(line, "#") {
			if series[line[:at]], err = strconv.ParseFloat(line[at+1:], 64); err != nil {
				return nil, fmt.Errorf("read %q: %w", line, err)
			}
		}
	}
	return series, nil
}
