package integration

import (
	"bytes"
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/prometheus/client_golang/prometheus"
	corev1 "k8s.io/api/core/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"
	clocktesting "k8s.io/utils/clock/testing"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/controllers/strategyrun"
	"github.com/stratbox/stratbox/internal/config"
	"github.com/stratbox/stratbox/internal/metrics"
	"github.com/stratbox/stratbox/internal/podspec"
	"github.com/stratbox/stratbox/internal/testutil"
)

// world is one namespace with one manager that does only what it is told to.
type world struct {
	ctx       context.Context
	namespace string
	clock     *clocktesting.FakeClock
	settings  podspec.Settings
	// writes counts the manager's writes by verb and kind.
	calls  *calls
	events *events.FakeRecorder
	audit  *bytes.Buffer
	// executor is the AST-only executor, nil if there is none.
	executor strategyrun.Executor
	// reconciler is replaced by restart, as when a manager dies and its successor starts.
	reconciler *strategyrun.Reconciler
	// before happens before the manager looks at a run, if it is not nil.
	before func()
	// survives: a call that fails does not end the manager.
	survives bool
	registry *prometheus.Registry
}

func newWorld() *world {
	// A context of a setup node ends with it; this one ends with the spec.
	ctx, cancel := context.WithCancel(context.Background())
	DeferCleanup(cancel)
	w := &world{
		ctx:    ctx,
		clock:  clocktesting.NewFakeClock(now()),
		calls:  newCalls(),
		events: events.NewFakeRecorder(100),
		audit:  &bytes.Buffer{},
	}
	w.settings = podspec.Settings{Config: config.Default(), SeccompProfile: "stratbox/strategy-0123456789ab.json"}
	w.settings.Config.Datasets = map[string]config.Dataset{
		"tw-daily": {PersistentVolumeClaim: &config.ClaimSource{ClaimName: "tw-daily"}},
	}
	w.namespace = w.newNamespace(map[string]string{"pod-security.kubernetes.io/enforce": "restricted"})
	w.restart()
	return w
}

// now is the machine's time: the API server stamps objects with it.
func now() time.Time { return metav1.Now().Time }

// newNamespace makes a namespace and empties it when the spec ends, because runs of all namespaces share one queue.
func (w *world) newNamespace(labels map[string]string) string {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "runs-", Labels: labels}}
	Expect(kube.Create(w.ctx, namespace)).To(Succeed())
	DeferCleanup(func(ctx context.Context) {
		Expect(kube.DeleteAllOf(ctx, &v1alpha1.StrategyRun{}, client.InNamespace(namespace.Name))).To(Succeed())
		Expect(kube.DeleteAllOf(ctx, &corev1.Pod{}, client.InNamespace(namespace.Name), deleteNow)).To(Succeed())
	})
	return namespace.Name
}

// restart replaces the manager by one that remembers nothing.
func (w *world) restart() {
	if w.reconciler != nil {
		w.reconciler.Stop()
	}
	w.registry = prometheus.NewRegistry()
	w.reconciler = &strategyrun.Reconciler{
		Client:    interceptor.NewClient(kube, w.calls.cached()),
		APIReader: interceptor.NewClient(kube, w.calls.direct()),
		Clock:     w.clock,
		Settings:  func() podspec.Settings { return w.settings },
		Events:    w.events,
		Audit:     zap.New(zap.WriteTo(w.audit)),
		Metrics:   metrics.New(w.registry, metrics.DeniedSyscalls),
		Executor:  func() strategyrun.Executor { return w.executor },
	}
	DeferCleanup(w.reconciler.Stop)
}

// submit creates a run as a user would.
func (w *world) submit(builder *testutil.RunBuilder) *v1alpha1.StrategyRun {
	GinkgoHelper()
	run := builder.Obj()
	Expect(kube.Create(w.ctx, run)).To(Succeed())
	return run
}

// step lets the manager look at a run once.
func (w *world) step(run *v1alpha1.StrategyRun) ctrl.Result {
	GinkgoHelper()
	result, err := w.try(run)
	Expect(err).NotTo(HaveOccurred())
	return result
}

func (w *world) try(run *v1alpha1.StrategyRun) (ctrl.Result, error) {
	if w.before != nil {
		w.before()
	}
	return w.reconciler.Reconcile(w.ctx, ctrl.Request{NamespacedName: client.ObjectKeyFromObject(run)})
}

// read returns a run as it is now.
func (w *world) read(run *v1alpha1.StrategyRun) *v1alpha1.StrategyRun {
	GinkgoHelper()
	current := &v1alpha1.StrategyRun{}
	Expect(kube.Get(w.ctx, client.ObjectKeyFromObject(run), current)).To(Succeed())
	return current
}

// condition returns status and reason of a condition of a run as it is now.
func (w *world) condition(run *v1alpha1.StrategyRun, kind string) string {
	GinkgoHelper()
	found := apimeta.FindStatusCondition(w.read(run).Status.Conditions, kind)
	if found == nil {
		return "absent"
	}
	return string(found.Status) + "/" + found.Reason
}

// pods lists the Pods in the world's namespace.
func (w *world) pods() []corev1.Pod {
	GinkgoHelper()
	list := &corev1.PodList{}
	Expect(kube.List(w.ctx, list, client.InNamespace(w.namespace))).To(Succeed())
	return list.Items
}

// pod returns the only Pod there is.
func (w *world) pod() *corev1.Pod {
	GinkgoHelper()
	pods := w.pods()
	Expect(pods).To(HaveLen(1))
	return &pods[0]
}

// podsCreated counts the Pods the manager ever created.
func (w *world) podsCreated() int {
	w.calls.mutex.Lock()
	defer w.calls.mutex.Unlock()
	return w.calls.created["pods"]
}

// report sets the status of a Pod as its kubelet would.
func (w *world) report(pod *corev1.Pod, status *testutil.PodStatusBuilder) {
	GinkgoHelper()
	updated := pod.DeepCopy()
	updated.Status = status.Obj()
	Expect(kube.Status().Patch(w.ctx, updated, client.MergeFrom(pod))).To(Succeed())
}

// kubelet is what the kubelet says from now on.
func (w *world) kubelet() *testutil.PodStatusBuilder { return testutil.MakePodStatus(w.clock.Now()) }

// announced returns the Events since it was last asked.
func (w *world) announced() []string {
	var all []string
	for {
		select {
		case event := <-w.events.Events:
			all = append(all, event)
		default:
			return all
		}
	}
}

// deleteNow deletes without waiting for a kubelet, of which there is none.
var deleteNow = client.GracePeriodSeconds(0)
