package integration

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/explain"
	"github.com/stratbox/stratbox/internal/overhead"
	"github.com/stratbox/stratbox/internal/plugin"
	"github.com/stratbox/stratbox/internal/report/reporttest"
	"github.com/stratbox/stratbox/internal/testutil"
)

// shell is where a person types commands: a folder, a kubeconfig, and a way to the API server that has a weather.
type shell struct {
	ctx        context.Context
	folder     string
	kubeconfig string
	seen       *requests
	input      string
}

// newShell has the namespace as that of its kubeconfig's context.
func newShell(w *world, through weather) *shell {
	GinkgoHelper()
	s := &shell{ctx: w.ctx, folder: GinkgoT().TempDir(), seen: &requests{}}
	transport, err := rest.TransportFor(restConfig)
	Expect(err).NotTo(HaveOccurred())
	var mutex sync.Mutex
	counts := map[string]int{}
	server, err := url.Parse(restConfig.Host)
	Expect(err).NotTo(HaveOccurred())
	proxy := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(server) },
		FlushInterval: -1,
		ErrorLog:      log.New(GinkgoWriter, "proxy: ", 0),
		Transport: s.seen.wrap(roundTrip(func(call *http.Request) (*http.Response, error) {
			parsed, isResource := parse(call)
			if !isResource || through == nil {
				return transport.RoundTrip(call)
			}
			mutex.Lock()
			earlier := counts[parsed.verb]
			counts[parsed.verb]++
			mutex.Unlock()
			return through(call, parsed.verb, earlier, transport)
		})),
	}
	front := httptest.NewServer(proxy)
	DeferCleanup(front.Close)
	s.kubeconfig = s.write("kubeconfig", fmt.Sprintf(`{apiVersion: v1, kind: Config, current-context: here,
clusters: [{name: here, cluster: {server: %q}}], contexts: [{name: here, context: {cluster: here, namespace: %s}}]}`, front.URL, w.namespace))
	return s
}

func (s *shell) write(name, text string) string {
	GinkgoHelper()
	file := filepath.Join(s.folder, name)
	Expect(os.WriteFile(file, []byte(text), 0o600)).To(Succeed())
	return file
}

// typed is what a command printed and ended with.
type typed struct {
	out, err string
	code     int
}

func (s *shell) types(arguments ...string) typed {
	var out, errOut bytes.Buffer
	streams := genericiooptions.IOStreams{In: strings.NewReader(s.input), Out: &out, ErrOut: &errOut}
	if arguments[0] != "__complete" {
		arguments = append(arguments, "--kubeconfig", s.kubeconfig)
	}
	code := plugin.Run(s.ctx, streams, "test", arguments)
	return typed{out.String(), errOut.String(), code}
}

// theRun returns the only run of a world.
func theRun(w *world) *v1alpha1.StrategyRun {
	GinkgoHelper()
	list := &v1alpha1.StrategyRunList{}
	Expect(kube.List(w.ctx, list, client.InNamespace(w.namespace))).To(Succeed())
	Expect(list.Items).To(HaveLen(1))
	return &list.Items[0]
}

var _ = Describe("kubectl stratbox submit", func() {
	var w *world

	BeforeEach(func() { w = newWorld() })

	DescribeTable("tells the way of a run and its verdict, whatever the weather",
		func(through weather, says ...string) {
			manager(w, completed)
			s := newShell(w, through)
			done := s.types("submit", s.write("Momentum_1.py", testutil.Code), "--wait")
			Expect(done.code).To(Equal(explain.ExitScored), done.err)
			Expect(done.err).To(BeEmpty())
			run := theRun(w)
			Expect(run.Name).To(MatchRegexp(`^momentum-1-[a-z0-9]{5}$`))
			for _, line := range append(says,
				"strategyrun.stratbox.dev/"+run.Name+" created in namespace "+w.namespace,
				"Completed: the end of Momentum_1", "daily_sharpe  1.31", "kubectl stratbox explain "+run.Name) {
				Expect(done.out).To(ContainSubstring(line))
			}
			Expect(s.seen.count("create")).To(Equal(1))
			Expect(s.seen.count("get")).To(BeZero(), "the run is watched, not asked about")
		},
		Entry("fair", nil),
		Entry("every watch is cut off after its first event", cutting(false)),
		Entry("every watch is cut off in the middle of its first event", cutting(true)),
		Entry("the API server is away for a while", weather(
			func(call *http.Request, verb string, earlier int, next http.RoundTripper) (*http.Response, error) {
				if verb == "watch" && earlier < 2 {
					return answered(call, http.StatusServiceUnavailable, "ServiceUnavailable"), nil
				}
				return next.RoundTrip(call)
			}), "The cluster does not answer as it should; still trying: as the test says"),
	)

	DescribeTable("ends with an exit code for the verdict",
		func(verdict v1alpha1.Verdict, code int, says string) {
			manager(w, func(*v1alpha1.StrategyRun) v1alpha1.Verdict { return verdict })
			s := newShell(w, nil)
			done := s.types("submit", s.write("s.py", testutil.Code), "--wait")
			Expect(done.code).To(Equal(code), done.err)
			Expect(done.out).To(And(ContainSubstring("\n"+string(verdict)+": the end of s"), ContainSubstring(says)))
			Expect(done.err).To(BeEmpty())
		},
		Entry("the strategy's fault", v1alpha1.VerdictASTRejected, explain.ExitStrategy, "What to do"),
		Entry("a violation", v1alpha1.VerdictSecurityViolation, explain.ExitViolation, "files, sockets or processes"),
		Entry("a limit", v1alpha1.VerdictOOMKilled, explain.ExitLimit, "limits.memory"),
		Entry("the infrastructure", v1alpha1.VerdictNodeDisrupted, explain.ExitInfrastructure, "submit again"),
		Entry("cancelled", v1alpha1.VerdictCancelled, explain.ExitCancelled, "submit a new run"),
	)

	It("creates what the flags say, from standard input, and gives a program the object alone", func() {
		manager(w, completed)
		s := newShell(w, nil)
		s.input = testutil.Code
		done := s.types("submit", "-", "--wait", "-o", "json", "--name", "mine", "--strategy-id", "gen1/mine", "--mode", "Sandbox", "--fallback", "Never",
			"--param", "window=120", "--param", "q=a=b", "--memory", "1Gi", "--cpu", "500m", "--disk", "64Mi", "--deadline", "90", "--cpu-time", "2m",
			"--start-deadline", "30s", "--ttl", "1h")
		Expect(done.code).To(Equal(explain.ExitScored), done.err)
		var printed v1alpha1.StrategyRun
		Expect(json.Unmarshal([]byte(done.out), &printed)).To(Succeed(), done.out)
		Expect(printed.Kind).To(Equal("StrategyRun"))
		Expect(printed.ManagedFields).To(BeEmpty())
		Expect(printed.Status.Result.Metrics).To(HaveKeyWithValue("daily_sharpe", "1.31"))
		want := testutil.MakeRun(w.namespace, "mine").StrategyID("gen1/mine").Mode(v1alpha1.ModeSandbox).Fallback(v1alpha1.FallbackNever).
			Parameter("window", "120").Parameter("q", "a=b").Memory("1Gi").CPU("500m").Deadline(90).StartDeadline(30).TTL(3600).Obj()
		want.Spec.Limits.CPUTimeSeconds = ptr.To[int32](120)
		want.Spec.Limits.EphemeralStorage = testutil.MakeRun("", "").Memory("64Mi").Obj().Spec.Limits.Memory
		got := theRun(w)
		Expect(json.Marshal(got.Spec)).To(MatchJSON(marshalled(want.Spec)))
	})

	It("prints the name at once and does not wait unless asked to", func() {
		s := newShell(w, nil)
		done := s.types("submit", s.write("s.py", testutil.Code), "-o", "name")
		Expect(done).To(Equal(typed{out: "strategyrun.stratbox.dev/" + theRun(w).Name + "\n"}))
		Expect(s.seen.count("watch")).To(BeZero())
		done = s.types("submit", s.write("s.py", testutil.Code))
		Expect(done.out).To(ContainSubstring("see what becomes of it: kubectl stratbox explain s-"))
		done = s.types("submit", s.write("s.py", testutil.Code), "-o", "yaml")
		Expect(done.out).To(ContainSubstring("kind: StrategyRun\n"))
	})

	It("stops waiting when told to, and the run goes on", func() {
		s := newShell(w, nil)
		done := s.types("submit", s.write("s.py", testutil.Code), "--wait", "--timeout", "50ms")
		Expect(done.code).To(Equal(explain.ExitNoVerdict))
		Expect(done.err).To(MatchRegexp("^no verdict after 50ms; the run goes on: kubectl stratbox explain s-"))
		theRun(w)
	})

	It("says so when it is interrupted", func() {
		ctx, cancel := context.WithCancel(w.ctx)
		s := newShell(w, func(call *http.Request, verb string, _ int, next http.RoundTripper) (*http.Response, error) {
			if verb == "watch" {
				cancel()
			}
			return next.RoundTrip(call)
		})
		s.ctx = ctx
		done := s.types("submit", s.write("s.py", testutil.Code), "--wait")
		Expect(done.code).To(Equal(explain.ExitNoVerdict))
		Expect(done.err).To(HavePrefix("interrupted; the run goes on: "))
	})

	It("says so when somebody deletes the run", func() {
		s := newShell(w, func(call *http.Request, verb string, _ int, next http.RoundTripper) (*http.Response, error) {
			if verb == "watch" {
				Expect(kube.DeleteAllOf(w.ctx, &v1alpha1.StrategyRun{}, client.InNamespace(w.namespace))).To(Succeed())
			}
			return next.RoundTrip(call)
		})
		done := s.types("submit", s.write("s.py", testutil.Code), "--wait")
		Expect(done.code).To(Equal(explain.ExitNoVerdict))
		Expect(done.err).To(Equal("no verdict: somebody deleted the run\n"))
	})

	DescribeTable("says in plain English why it cannot",
		func(says string, arguments ...string) {
			s := newShell(w, nil)
			Expect(kube.Create(w.ctx, testutil.MakeRun(w.namespace, "taken").Obj())).To(Succeed())
			done := s.types(append([]string{"submit", s.write("s.py", testutil.Code)}, arguments...)...)
			Expect(done.code).To(Equal(explain.ExitError))
			Expect(done.err).To(HavePrefix("error: "))
			Expect(done.err).To(ContainSubstring(says))
			Expect(done.out).To(BeEmpty())
		},
		Entry("a limit out of bounds", "not submitted: the cluster refuses it: spec.limits.memory must be between 256Mi and 64Gi\n", "--memory", "1Mi"),
		Entry("a name that is taken", `there is a StrategyRun "taken" already; a run is never executed twice, so give another --name`, "--name", "taken"),
		Entry("a name that no object can have", "metadata.name", "--name", "UPPER"),
		Entry("no such namespace", `there is no namespace "nowhere"`, "-n", "nowhere"),
		Entry("no rights", "the cluster does not allow it", "--as", "nobody"),
		Entry("an unknown dataset name", "spec.dataset", "--dataset", "Not A Name"),
	)
})

func marshalled(value any) string {
	GinkgoHelper()
	text, err := json.Marshal(value)
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}

var _ = Describe("kubectl stratbox explain, violations and report", func() {
	var w *world
	var s *shell

	BeforeEach(func() {
		w = newWorld()
		s = newShell(w, nil)
	})

	// violator is a run that was denied two system calls.
	violator := func(name string, labels map[string]string) *v1alpha1.StrategyRun {
		run := testutil.MakeRun(w.namespace, name).Obj()
		run.Labels = labels
		Expect(kube.Create(w.ctx, run)).To(Succeed())
		next := run.DeepCopy()
		next.Status.Conditions = []metav1.Condition{{
			Type: v1alpha1.ConditionFinished, Status: metav1.ConditionTrue, Reason: string(v1alpha1.VerdictSecurityViolation), LastTransitionTime: metav1.Now(),
		}}
		next.Status.Violations = []v1alpha1.Violation{{Syscall: "socket", Count: ptr.To[int64](2), FirstTime: ptr.To(metav1.Now())}}
		next.Status.ViolationCount = ptr.To[int64](2)
		Expect(kube.Status().Patch(w.ctx, next, client.MergeFrom(run))).To(Succeed())
		return next
	}

	// measured is a benchmark with its samples, as the manager leaves it.
	measured := func() {
		c := reporttest.Load("validation")
		benchmark := &v1alpha1.Benchmark{
			ObjectMeta: metav1.ObjectMeta{Namespace: w.namespace, Name: c.Benchmark.Name}, Spec: c.Benchmark.Spec,
		}
		Expect(kube.Create(w.ctx, benchmark)).To(Succeed())
		next := benchmark.DeepCopy()
		next.Status = c.Benchmark.Status
		next.Status.SamplesConfigMap = "validation-samples"
		Expect(kube.Status().Patch(w.ctx, next, client.MergeFrom(benchmark))).To(Succeed())
		data, binary, err := overhead.Encode(&c.Samples)
		Expect(err).NotTo(HaveOccurred())
		Expect(kube.Create(w.ctx, &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Namespace: w.namespace, Name: "validation-samples"}, Data: data, BinaryData: binary,
		})).To(Succeed())
	}

	It("explains a run or a benchmark by its name", func() {
		violator("breakout", nil)
		measured()
		done := s.types("explain", "breakout")
		Expect(done.code).To(BeZero(), done.err)
		Expect(done.out).To(And(HavePrefix("StrategyRun "+w.namespace+"/breakout: SecurityViolation"), ContainSubstring("socket   2")))
		Expect(s.types("explain", "sr/breakout").out).To(Equal(done.out))
		done = s.types("explain", "validation")
		Expect(done.out).To(HavePrefix("Benchmark " + w.namespace + "/validation: EnableByDefault"))
		Expect(s.types("explain", "benchmarks.stratbox.dev/validation").out).To(Equal(done.out))
		var explanation explain.Run
		Expect(json.Unmarshal([]byte(s.types("explain", "breakout", "-o", "json").out), &explanation)).To(Succeed())
		Expect(explanation.ExitCode).To(Equal(explain.ExitViolation))
		Expect(s.types("explain", "validation", "-o", "yaml").out).To(ContainSubstring("decision: EnableByDefault\n"))
	})

	It("says what there is not", func() {
		for says, arguments := range map[string][]string{
			`there is no StrategyRun and no Benchmark "x" in namespace ` + w.namespace: {"explain", "x"},
			`there is no StrategyRun "x" in namespace ` + w.namespace:                  {"explain", "sr/x"},
			`there is no Benchmark "x" in namespace ` + w.namespace:                    {"report", "x"},
			`"pod" is neither a run nor a benchmark; write sr/x or bench/x`:            {"explain", "pod/x"},
			"sr/x is not a Benchmark":                                                  {"report", "sr/x"},
			"bench/x is not a StrategyRun":                                             {"violations", "bench/x"},
			"the cluster does not allow it":                                            {"violations", "--as", "nobody"},
			`-o name is unknown; it is json or yaml`:                                   {"explain", "x", "-o", "name"},
			"give either a name, or -A and -l":                                         {"violations", "x", "-A"},
			"-l =: ":                                                                   {"violations", "-l", "="},
			"explain takes the name of a run or a benchmark":                           {"explain"},
		} {
			done := s.types(arguments...)
			Expect(done.code).To(Equal(explain.ExitError), says)
			Expect(done.err).To(And(HavePrefix("error: "), ContainSubstring(says)))
		}
	})

	It("lists violations of one run, of a selection, of all namespaces", func() {
		violator("breakout", map[string]string{"generation": "12"})
		Expect(kube.Create(w.ctx, testutil.MakeRun(w.namespace, "honest").Obj())).To(Succeed())
		Expect(s.types("violations").out).To(And(ContainSubstring("breakout  socket"), ContainSubstring("1 of 2 runs in namespace "+w.namespace)))
		Expect(s.types("violations", "sr/honest").out).To(HavePrefix("No denied system call in 1 run"))
		Expect(s.types("violations", "-l", "generation=13").out).To(HavePrefix("No denied system call in 0 runs"))
		Expect(s.types("violations", "-A", "-l", "generation=12").out).To(And(HavePrefix("NAMESPACE"), ContainSubstring(w.namespace+"  breakout")))
		Expect(s.types("violations", "-o", "name").out).To(Equal("strategyrun.stratbox.dev/breakout\n"))
		var found explain.Violations
		Expect(json.Unmarshal([]byte(s.types("violations", "-o", "json").out), &found)).To(Succeed())
		Expect(found.Items).To(HaveLen(1))
		Expect(found.Items[0].Count).To(BeEquivalentTo(2))
	})

	It("writes reports in every format", func() {
		measured()
		file := filepath.Join(s.folder, "r.html")
		done := s.types("report", "validation", "-f", file)
		Expect(done.code).To(BeZero(), done.err)
		Expect(done.out).To(BeEmpty())
		Expect(done.err).To(Equal("the report of benchmark validation is in " + file + "\n"))
		Expect(os.ReadFile(file)).To(ContainSubstring("<!doctype html>"))
		GinkgoT().Chdir(s.folder)
		Expect(s.types("report", "validation").err).To(HaveSuffix("is in validation.html\n"))
		Expect(os.ReadFile("validation.html")).To(ContainSubstring("<!doctype html>"))
		Expect(s.types("report", "validation", "-f", "-").out).To(ContainSubstring("<!doctype html>"))
		Expect(s.types("report", "bench/validation", "-o", "md").out).To(HavePrefix("# "))
		Expect(s.types("report", "validation", "-o", "benchfmt").out).To(ContainSubstring("BenchmarkIteration/"))
		var document struct{ Samples overhead.Samples }
		Expect(json.Unmarshal([]byte(s.types("report", "validation", "-o", "json").out), &document)).To(Succeed())
		Expect(document.Samples.Pairs).To(HaveLen(len(reporttest.Load("validation").Samples.Pairs)))
		Expect(s.types("report", "validation", "-f", filepath.Join(s.folder, "no", "r.html")).err).To(ContainSubstring("no such file or directory"))
		Expect(kube.Delete(w.ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: w.namespace, Name: "validation-samples"}})).To(Succeed())
		Expect(s.types("report", "validation").err).To(ContainSubstring("the ConfigMap validation-samples with the samples of benchmark validation is gone"))
	})

	It("completes names, datasets, namespaces and contexts", func() {
		violator("breakout", nil)
		measured()
		config := &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Namespace: "stratbox-system", Name: "stratbox-config"},
			Data:       map[string]string{"learning_system.yaml": "datasets: {tw-daily: {}, tw-weekly: {}}\n"},
		}
		Expect(client.IgnoreAlreadyExists(kube.Create(w.ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: config.Namespace}}))).To(Succeed())
		Expect(kube.Create(w.ctx, config)).To(Succeed())
		DeferCleanup(func(ctx context.Context) { Expect(kube.Delete(ctx, config)).To(Succeed()) })
		complete := func(arguments ...string) []string {
			done := s.types(append([]string{"__complete", "--kubeconfig", s.kubeconfig}, arguments...)...)
			Expect(done.code).To(BeZero(), done.err)
			return strings.Fields(done.out)
		}
		Expect(complete("explain", "")).To(ContainElements("breakout", "validation"))
		Expect(complete("violations", "")).To(And(ContainElement("breakout"), Not(ContainElement("validation"))))
		Expect(complete("report", "")).To(ContainElement("validation"))
		Expect(complete("explain", "breakout", "")).NotTo(ContainElement("breakout"))
		Expect(complete("submit", "--dataset", "")).To(ContainElements("tw-daily", "tw-weekly"))
		Expect(complete("submit", "--mode", "")).To(ContainElements("Auto", "Sandbox", "ASTOnly"))
		Expect(complete("explain", "-n", "")).To(ContainElement(w.namespace))
		Expect(complete("explain", "--context", "")).To(ContainElement("here"))
	})
})
