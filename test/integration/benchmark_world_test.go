package integration

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/prometheus/client_golang/prometheus"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/controllers/benchmark"
	"github.com/stratbox/stratbox/internal/config"
	"github.com/stratbox/stratbox/internal/metrics"
	"github.com/stratbox/stratbox/internal/overhead"
	"github.com/stratbox/stratbox/internal/testutil"
)

const measuredDataset = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

// track is a world in which benchmarks are executed: the test does to runs what the controller of runs would.
type track struct {
	*world
	reconciler *benchmark.Reconciler
	// seeds counts how often one was drawn.
	seeds int64
	// took is how long a run takes from submit to verdict.
	took func(run *v1alpha1.StrategyRun) time.Duration
	// ends changes what a run ends with. Nil: every run is scored.
	ends func(run *v1alpha1.StrategyRun, status *v1alpha1.StrategyRunStatus)
}

func newTrack() *track {
	t := &track{world: newWorld()}
	// The API server stamps objects with the machine's time. Runs count from their stamp, which must not come after them.
	t.clock.Step(10 * time.Minute)
	t.took = func(run *v1alpha1.StrategyRun) time.Duration {
		// A little more each time for one mode than for the other, as on a machine.
		return 2*time.Second + time.Duration(len(run.UID)+int(run.UID[0])%5)*time.Millisecond + modeCost(run)
	}
	DeferCleanup(func(ctx context.Context) {
		Expect(kube.DeleteAllOf(ctx, &v1alpha1.Benchmark{}, client.InNamespace(t.namespace))).To(Succeed())
	})
	t.restart()
	return t
}

// modeCost makes the sandbox a quarter slower.
func modeCost(run *v1alpha1.StrategyRun) time.Duration {
	if run.Spec.Mode == v1alpha1.ModeSandbox {
		return 500 * time.Millisecond
	}
	return 0
}

// restart replaces the manager by one that remembers nothing.
func (t *track) restart() {
	t.reconciler = &benchmark.Reconciler{
		Client:    interceptor.NewClient(kube, t.calls.cached()),
		APIReader: interceptor.NewClient(kube, t.calls.direct()),
		Clock:     t.clock,
		Config:    func() config.Config { return t.settings.Config },
		ConfigMap: client.ObjectKey{Namespace: t.namespace, Name: "stratbox-config"},
		Version:   "v0.0.0-test",
		DrawSeed:  func() int64 { t.seeds++; return 41 + t.seeds },
		Events:    t.events,
		Metrics:   metrics.New(prometheus.NewRegistry(), metrics.DeniedSyscalls),
	}
}

func (t *track) propose(builder *testutil.BenchmarkBuilder) *v1alpha1.Benchmark {
	GinkgoHelper()
	bench := builder.Obj()
	Expect(kube.Create(t.ctx, bench)).To(Succeed())
	return bench
}

func (t *track) try(bench *v1alpha1.Benchmark) (ctrl.Result, error) {
	return t.reconciler.Reconcile(t.ctx, ctrl.Request{NamespacedName: client.ObjectKeyFromObject(bench)})
}

func (t *track) step(bench *v1alpha1.Benchmark) ctrl.Result {
	GinkgoHelper()
	result, err := t.try(bench)
	Expect(err).NotTo(HaveOccurred())
	return result
}

func (t *track) read(bench *v1alpha1.Benchmark) *v1alpha1.Benchmark {
	GinkgoHelper()
	current := &v1alpha1.Benchmark{}
	Expect(kube.Get(t.ctx, client.ObjectKeyFromObject(bench), current)).To(Succeed())
	return current
}

func (t *track) condition(bench *v1alpha1.Benchmark, kind string) string {
	GinkgoHelper()
	found := apimeta.FindStatusCondition(t.read(bench).Status.Conditions, kind)
	if found == nil {
		return "absent"
	}
	return string(found.Status) + "/" + found.Reason
}

func (t *track) message(bench *v1alpha1.Benchmark, kind string) string {
	GinkgoHelper()
	found := apimeta.FindStatusCondition(t.read(bench).Status.Conditions, kind)
	Expect(found).NotTo(BeNil())
	return found.Message
}

func (t *track) finished(bench *v1alpha1.Benchmark) string {
	GinkgoHelper()
	return t.condition(bench, v1alpha1.ConditionFinished)
}

func (t *track) edit(bench *v1alpha1.Benchmark, change func(*v1alpha1.BenchmarkSpec)) {
	GinkgoHelper()
	current := t.read(bench)
	before := current.DeepCopy()
	change(&current.Spec)
	Expect(kube.Patch(t.ctx, current, client.MergeFrom(before))).To(Succeed())
}

// runs are all runs of a benchmark, or those that have not ended.
func (t *track) runs(bench *v1alpha1.Benchmark) (all, open []v1alpha1.StrategyRun) {
	GinkgoHelper()
	list := &v1alpha1.StrategyRunList{}
	Expect(kube.List(t.ctx, list, client.InNamespace(bench.Namespace), client.MatchingLabels{v1alpha1.LabelBenchmark: bench.Name})).To(Succeed())
	for _, run := range list.Items {
		if !apimeta.IsStatusConditionTrue(run.Status.Conditions, v1alpha1.ConditionFinished) {
			open = append(open, run)
		}
	}
	return list.Items, open
}

// samples are the raw samples of a benchmark.
func (t *track) samples(bench *v1alpha1.Benchmark) *overhead.Samples {
	GinkgoHelper()
	configMap := &corev1.ConfigMap{}
	key := client.ObjectKey{Namespace: bench.Namespace, Name: bench.Name + "-samples"}
	Expect(kube.Get(t.ctx, key, configMap)).To(Succeed())
	Expect(metav1.IsControlledBy(configMap, bench)).To(BeTrue())
	samples, err := overhead.Decode(configMap.Data, configMap.BinaryData)
	Expect(err).NotTo(HaveOccurred())
	return samples
}

// makePod creates a Pod that the restricted namespace accepts.
func (t *track) makePod(pod *corev1.Pod) {
	GinkgoHelper()
	pod.Spec = corev1.PodSpec{
		SecurityContext: &corev1.PodSecurityContext{
			RunAsNonRoot: ptr.To(true), SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		},
		Containers: []corev1.Container{{
			Name: "strategy", Image: "stratbox.dev/runner:dev",
			SecurityContext: &corev1.SecurityContext{
				AllowPrivilegeEscalation: ptr.To(false), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
			},
		}},
	}
	Expect(kube.Create(t.ctx, pod)).To(Succeed())
}

// setPod has a run say that a Pod was its last.
func (t *track) setPod(run *v1alpha1.StrategyRun, pod *corev1.Pod) {
	GinkgoHelper()
	current := t.world.read(run)
	before := current.DeepCopy()
	current.Status.Attempts[0].PodUID = string(pod.UID)
	Expect(kube.Status().Patch(t.ctx, current, client.MergeFrom(before))).To(Succeed())
}

// rewrite changes the samples behind the manager's back.
func rewrite(configMap *corev1.ConfigMap, text string) {
	GinkgoHelper()
	Expect(kube.Get(context.Background(), client.ObjectKeyFromObject(configMap), configMap)).To(Succeed())
	configMap.Data = map[string]string{overhead.SamplesKey: text}
	Expect(kube.Update(context.Background(), configMap)).To(Succeed())
}

// passSuite starts a benchmark and has every functional test passed, for tests of what comes after them.
func (t *track) passSuite(bench *v1alpha1.Benchmark) {
	GinkgoHelper()
	t.step(bench)
	current := t.read(bench)
	before := current.DeepCopy()
	for i := range current.Status.FunctionalTests {
		current.Status.FunctionalTests[i].Outcome = v1alpha1.FunctionalPass
	}
	Expect(current.Status.FunctionalTests).NotTo(BeEmpty())
	Expect(kube.Status().Patch(t.ctx, current, client.MergeFrom(before))).To(Succeed())
}

// blind has the manager's cache show no run.
func (t *track) blind() {
	funcs := t.calls.cached()
	read := funcs.Get
	funcs.Get = func(ctx context.Context, kube client.WithWatch, key client.ObjectKey, object client.Object, opts ...client.GetOption) error {
		if _, isRun := object.(*v1alpha1.StrategyRun); isRun {
			return apierrors.NewNotFound(v1alpha1.GroupVersion.WithResource("strategyruns").GroupResource(), key.Name)
		}
		return read(ctx, kube, key, object, opts...)
	}
	t.reconciler.Client = interceptor.NewClient(kube, funcs)
}

// behind has the manager's cache show a benchmark as it was.
func (t *track) behind(bench *v1alpha1.Benchmark) {
	funcs := t.calls.cached()
	read := funcs.Get
	funcs.Get = func(ctx context.Context, kube client.WithWatch, key client.ObjectKey, object client.Object, opts ...client.GetOption) error {
		if shown, isBenchmark := object.(*v1alpha1.Benchmark); isBenchmark {
			bench.DeepCopyInto(shown)
			return nil
		}
		return read(ctx, kube, key, object, opts...)
	}
	t.reconciler.Client = interceptor.NewClient(kube, funcs)
}
