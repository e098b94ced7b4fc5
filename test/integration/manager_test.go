package integration

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/prometheus/client_golang/prometheus"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/controllers"
	"github.com/stratbox/stratbox/internal/testutil"
)

const systemNamespace = "stratbox-system"

// player does what a kubelet does to the Pods of runs: it starts them, and ends each when it is told to.
type player struct {
	mutex sync.Mutex
	// running holds the Pods under way by name; most is the largest number of them there ever was.
	running map[string]bool
	most    int
	// hold keeps Pods from ending.
	hold chan struct{}
}

func (p *player) play(ctx context.Context, pods watch.Interface) {
	for {
		select {
		case <-ctx.Done():
			return
		case event, open := <-pods.ResultChan():
			if !open {
				return
			}
			pod, isPod := event.Object.(*corev1.Pod)
			if isPod && event.Type == watch.Added && pod.DeletionTimestamp == nil {
				go p.run(ctx, pod)
			}
		}
	}
}

func (p *player) run(ctx context.Context, pod *corev1.Pod) {
	p.mutex.Lock()
	p.running[pod.Name] = true
	p.most = max(p.most, len(p.running))
	p.mutex.Unlock()
	status := testutil.MakePodStatus(now())
	p.report(ctx, pod, status.Running().Obj())
	select {
	case <-p.hold:
	case <-ctx.Done():
		return
	}
	p.mutex.Lock()
	delete(p.running, pod.Name)
	p.mutex.Unlock()
	record := testutil.MakeRecord(pod.OwnerReferences[0].UID, 0).Completed().Text()
	p.report(ctx, pod, status.Terminated(0, "Completed", record).Obj())
}

func (p *player) report(ctx context.Context, pod *corev1.Pod, status corev1.PodStatus) {
	updated := pod.DeepCopy()
	updated.Status = status
	// A Pod that is gone by now cannot be reported on.
	_ = kube.Status().Patch(ctx, updated, client.MergeFrom(pod))
}

// kubectlApply creates the objects of a manifest unless they are there already.
func kubectlApply(ctx context.Context, path ...string) {
	GinkgoHelper()
	for _, object := range manifests(path...) {
		Expect(client.IgnoreAlreadyExists(kube.Create(ctx, object))).To(Succeed())
	}
}

var _ = Describe("The manager as it is installed", Ordered, func() {
	var (
		made      *requests
		kubelet   *player
		namespace string
	)

	BeforeAll(func() {
		ctx, cancel := context.WithCancel(context.Background())
		kubectlApply(ctx, "manager", "namespace.yaml")
		kubectlApply(ctx, "manager", "config.yaml")
		kubectlApply(ctx, "executor", "service.yaml")
		for _, file := range []string{"service_account.yaml", "manager_role.yaml", "manager_namespace_role.yaml"} {
			kubectlApply(ctx, "rbac", file)
		}
		object := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "managed-"}}
		Expect(kube.Create(ctx, object)).To(Succeed())
		namespace = object.Name

		By("giving it nothing but the rights of its service account")
		user, err := environment.AddUser(envtest.User{
			Name:   "system:serviceaccount:" + systemNamespace + ":stratbox-manager",
			Groups: []string{"system:serviceaccounts", "system:serviceaccounts:" + systemNamespace, "system:authenticated"},
		}, nil)
		Expect(err).NotTo(HaveOccurred())
		made = &requests{}
		own := rest.CopyConfig(user.Config())
		own.QPS = -1
		own.Wrap(made.wrap)
		const unanswered = 3
		var asked atomic.Int32
		own.Wrap(func(next http.RoundTripper) http.RoundTripper {
			return roundTrip(func(call *http.Request) (*http.Response, error) {
				if asked.Add(1) <= unanswered {
					return nil, errors.New("connection refused")
				}
				return next.RoundTrip(call)
			})
		})

		By("starting it before there is an API server that answers")
		manager, err := controllers.NewManager(ctx, own, controllers.Options{
			MetricsAddress: "0", HealthAddress: "0", LeaderElection: true, Namespace: systemNamespace, PodName: "stratbox-manager-abc",
			SeccompProfile: "stratbox/strategy-0123456789ab.json",
			Logger:         zap.New(zap.WriteTo(GinkgoWriter)),
			Registry:       prometheus.NewRegistry(),
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(asked.Load()).To(BeNumerically(">", unanswered))
		kubelet = &player{running: map[string]bool{}, hold: make(chan struct{}, 100)}
		pods, err := kube.Watch(ctx, &corev1.PodList{}, client.InNamespace(namespace))
		Expect(err).NotTo(HaveOccurred())
		ended := make(chan error, 1)
		go func() { ended <- manager.Start(ctx) }()
		go kubelet.play(ctx, pods)
		DeferCleanup(func(ctx context.Context) {
			Expect(kube.DeleteAllOf(ctx, &v1alpha1.StrategyRun{}, client.InNamespace(namespace))).To(Succeed())
			cancel()
			Expect(<-ended).To(Succeed())
			Expect(kube.Delete(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: systemNamespace, Name: "stratbox-config"}})).To(Succeed())
		})
	})

	verdict := func(ctx context.Context, name string) func() string {
		return func() string {
			run := &v1alpha1.StrategyRun{}
			if kube.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, run) != nil {
				return "gone"
			}
			for _, condition := range run.Status.Conditions {
				if condition.Type == v1alpha1.ConditionFinished {
					return condition.Reason
				}
			}
			return ""
		}
	}
	submit := func(ctx context.Context, builder *testutil.RunBuilder) types.UID {
		run := builder.Obj()
		Expect(kube.Create(ctx, run)).To(Succeed())
		return run.UID
	}

	It("leads in the name of its Pod, so that it goes on at once when it is started again there", func(ctx context.Context) {
		Eventually(func(g Gomega) {
			lease := &coordinationv1.Lease{}
			g.Expect(kube.Get(ctx, client.ObjectKey{Namespace: systemNamespace, Name: "stratbox-manager"}, lease)).To(Succeed())
			g.Expect(lease.Spec.HolderIdentity).To(HaveValue(Equal("stratbox-manager-abc")))
		}).WithTimeout(20 * time.Second).Should(Succeed())
	})

	It("makes four writes and one Event for a run that succeeds", func(ctx context.Context) {
		uid := submit(ctx, testutil.MakeRun(namespace, "counted"))
		Eventually(verdict(ctx, "counted")).WithTimeout(20 * time.Second).Should(Equal("Running"))
		kubelet.hold <- struct{}{}
		Eventually(verdict(ctx, "counted")).WithTimeout(20 * time.Second).Should(Equal("Completed"))
		event := func(events *eventsv1.EventList) []eventsv1.Event {
			Expect(kube.List(ctx, events, client.InNamespace(namespace))).To(Succeed())
			var own []eventsv1.Event
			for _, event := range events.Items {
				if event.Regarding.UID == uid {
					own = append(own, event)
				}
			}
			return own
		}
		Eventually(func() []eventsv1.Event { return event(&eventsv1.EventList{}) }).WithTimeout(20 * time.Second).Should(HaveLen(1))
		Eventually(func() []corev1.Pod {
			pods := &corev1.PodList{}
			Expect(kube.List(ctx, pods, client.InNamespace(namespace))).To(Succeed())
			return pods.Items
		}).WithTimeout(20 * time.Second).Should(BeEmpty())
		writes := made.matching(func(r request) bool {
			return r.namespace == namespace && r.verb != "get" && r.verb != "list" && r.verb != "watch"
		})
		var words []string
		for _, write := range writes {
			words = append(words, write.String())
		}
		Expect(words).To(ConsistOf("create pods", "patch strategyruns/status.stratbox.dev", "patch strategyruns/status.stratbox.dev",
			"delete pods", "create events.events.k8s.io"))
	})

	It("runs no more than the limit at a time and starts the next as soon as one ends", func(ctx context.Context) {
		kubelet.mutex.Lock()
		kubelet.most = 0
		kubelet.mutex.Unlock()
		const runs = 12
		for i := range runs {
			submit(ctx, testutil.MakeRun(namespace, fmt.Sprintf("batch-%02d", i)))
		}
		for range runs {
			kubelet.hold <- struct{}{}
		}
		for i := range runs {
			Eventually(verdict(ctx, fmt.Sprintf("batch-%02d", i))).WithTimeout(30 * time.Second).Should(Equal("Completed"))
		}
		Expect(kubelet.most).To(BeNumerically("<=", 5))
	})

	It("ends the Pod of a run that is deleted", func(ctx context.Context) {
		submit(ctx, testutil.MakeRun(namespace, "deleted"))
		Eventually(verdict(ctx, "deleted")).WithTimeout(20 * time.Second).Should(Equal("Running"))
		Expect(kube.Delete(ctx, &v1alpha1.StrategyRun{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "deleted"}})).To(Succeed())
		Eventually(func() error {
			return kube.Get(ctx, client.ObjectKey{Namespace: namespace, Name: "deleted-0"}, &corev1.Pod{})
		}).WithTimeout(5 * time.Second).ShouldNot(Succeed())
		kubelet.hold <- struct{}{}
	})

	It("deletes a run whose time is up", func(ctx context.Context) {
		submit(ctx, testutil.MakeRun(namespace, "expired").TTL(0))
		kubelet.hold <- struct{}{}
		Eventually(verdict(ctx, "expired")).WithTimeout(20 * time.Second).Should(Equal("gone"))
	})

	It("reads the code of a run from a ConfigMap", func(ctx context.Context) {
		submit(ctx, testutil.MakeRun(namespace, "elsewhere").ConfigMap("nowhere", "main.py"))
		Eventually(verdict(ctx, "elsewhere")).WithTimeout(20 * time.Second).Should(Equal("NotAccepted"))
	})

	It("takes a change of its configuration over, and refuses one that is not valid", func(ctx context.Context) {
		configMap := &corev1.ConfigMap{}
		key := client.ObjectKey{Namespace: systemNamespace, Name: "stratbox-config"}
		Expect(kube.Get(ctx, key, configMap)).To(Succeed())
		valid := configMap.Data["learning_system.yaml"]
		change := func(text string) {
			before := configMap.DeepCopy()
			configMap.Data["learning_system.yaml"] = text
			Expect(kube.Patch(ctx, configMap, client.MergeFrom(before))).To(Succeed())
		}
		told := func(reason string) func() []string {
			return func() []string {
				events := &eventsv1.EventList{}
				Expect(kube.List(ctx, events, client.InNamespace(systemNamespace))).To(Succeed())
				var versions []string
				for _, event := range events.Items {
					if event.Reason == reason {
						versions = append(versions, event.Regarding.ResourceVersion)
					}
				}
				return versions
			}
		}
		change("datasets: {other: {persistentVolumeClaim: {claimName: other}}}")
		Eventually(told("ConfigurationApplied")).WithTimeout(20 * time.Second).Should(ContainElement(configMap.ResourceVersion))
		submit(ctx, testutil.MakeRun(namespace, "too-late"))
		Eventually(verdict(ctx, "too-late")).WithTimeout(20 * time.Second).Should(Equal("NotAccepted"))

		change("datasets: {other: {}}")
		Eventually(told("ConfigurationRefused")).WithTimeout(20 * time.Second).Should(ContainElement(configMap.ResourceVersion))
		submit(ctx, testutil.MakeRun(namespace, "still-other").Dataset("other").Suspended())
		Eventually(verdict(ctx, "still-other")).WithTimeout(20 * time.Second).Should(Equal("Suspended"))

		change(valid)
		Eventually(told("ConfigurationApplied")).WithTimeout(20 * time.Second).Should(ContainElement(configMap.ResourceVersion))
	})

	It("makes the executor's credentials, and new ones when it is asked to", func(ctx context.Context) {
		secret := &corev1.Secret{}
		key := client.ObjectKey{Namespace: systemNamespace, Name: "stratbox-executor"}
		Eventually(func() error { return kube.Get(ctx, key, secret) }).WithTimeout(20 * time.Second).Should(Succeed())
		Expect(secret.Data).To(And(HaveKey("tls.crt"), HaveKey("tls.key"), HaveKey("ca.crt"), HaveKey("token")))
		before := secret.DeepCopy()
		secret.Annotations = map[string]string{"stratbox.dev/rotate": "please"}
		Expect(kube.Patch(ctx, secret, client.MergeFrom(before))).To(Succeed())
		Eventually(func() map[string]string {
			Expect(kube.Get(ctx, key, secret)).To(Succeed())
			return secret.Annotations
		}).WithTimeout(20 * time.Second).Should(BeEmpty())
		Expect(secret.Data["token"]).NotTo(Equal(before.Data["token"]))
		Expect(secret.Data["tls.crt"]).NotTo(Equal(before.Data["tls.crt"]))
		Expect(secret.Data["previous-token"]).To(Equal(before.Data["token"]), "good until the executor has the new one")
		Expect(string(secret.Data["ca.crt"])).To(ContainSubstring(string(before.Data["ca.crt"])))
	})

	It("executes benchmarks, one at a time", func(ctx context.Context) {
		source := &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "strategies", Labels: map[string]string{"benchmark": "yes"}},
			Data:       map[string]string{"honest.py": testutil.Code},
		}
		Expect(kube.Create(ctx, source)).To(Succeed())
		propose := func(name string) *v1alpha1.Benchmark {
			bench := testutil.MakeBenchmark(namespace, name).Iterations(2).With(func(spec *v1alpha1.BenchmarkSpec) {
				spec.Strategies, spec.StrategySelector = nil, &metav1.LabelSelector{MatchLabels: source.Labels}
				spec.Baseline = v1alpha1.Baseline{Mode: v1alpha1.ModeSandbox, FloorMillis: ptr.To(int32(1))}
			}).Obj()
			Expect(kube.Create(ctx, bench)).To(Succeed())
			DeferCleanup(func(ctx context.Context) { Expect(kube.Delete(ctx, bench)).To(Succeed()) })
			return bench
		}
		reason := func(bench *v1alpha1.Benchmark) func() string {
			return func() string {
				Expect(kube.Get(ctx, client.ObjectKeyFromObject(bench), bench)).To(Succeed())
				for _, condition := range bench.Status.Conditions {
					if condition.Type == v1alpha1.ConditionFinished {
						return condition.Reason
					}
				}
				return ""
			}
		}
		first := propose("first")
		Eventually(reason(first)).WithTimeout(20 * time.Second).Should(Equal("Measuring"))
		second := propose("second")
		Eventually(reason(second)).WithTimeout(20 * time.Second).Should(Equal("Pending"))
		for range 4 {
			kubelet.hold <- struct{}{}
		}
		Eventually(reason(first)).WithTimeout(30 * time.Second).Should(Equal("SelfTest"))
		Expect(first.Status.Statistics.ValidPairs).To(HaveValue(Equal(int32(2))))

		By("waking the next, which is cancelled with the run that is under way")
		Eventually(reason(second)).WithTimeout(20 * time.Second).Should(Equal("Measuring"))
		half := func() string {
			runs := &v1alpha1.StrategyRunList{}
			Expect(kube.List(ctx, runs, client.InNamespace(namespace), client.MatchingLabels{v1alpha1.LabelBenchmark: "second"})).To(Succeed())
			if len(runs.Items) == 0 {
				return ""
			}
			return verdict(ctx, runs.Items[0].Name)()
		}
		Eventually(half).WithTimeout(20 * time.Second).Should(Equal("Running"))
		before := second.DeepCopy()
		second.Spec.Cancel = ptr.To(true)
		Expect(kube.Patch(ctx, second, client.MergeFrom(before))).To(Succeed())
		Eventually(reason(second)).WithTimeout(20 * time.Second).Should(Equal("Cancelled"))
		Eventually(half).WithTimeout(20 * time.Second).Should(Equal("Cancelled"))
		kubelet.hold <- struct{}{}
	})

	It("used every right it has, and asked for nothing else", func() {
		granted := map[string]bool{}
		for _, file := range []string{"manager_role.yaml", "manager_namespace_role.yaml"} {
			for _, object := range manifests("rbac", file) {
				if object.GetKind() != "ClusterRole" && object.GetKind() != "Role" {
					continue
				}
				role := &rbacv1.ClusterRole{}
				Expect(runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, role)).To(Succeed())
				for _, rule := range role.Rules {
					for _, resource := range rule.Resources {
						if rule.APIGroups[0] != "" {
							resource += "." + rule.APIGroups[0]
						}
						for _, verb := range rule.Verbs {
							granted[verb+" "+resource] = true
						}
					}
				}
			}
		}
		used := map[string]bool{}
		for _, request := range made.matching(func(request) bool { return true }) {
			used[request.String()] = true
			if request.verb == "watch" {
				// A watch that streams its first state needs no list; one that breaks may.
				used["list "+request.resource] = true
			}
		}
		// Needed when an Event repeats, which no test waits for.
		used["patch events.events.k8s.io"] = true
		// Needed for a Pod that the cache does not know, which single-stepped tests show.
		used["get pods"] = true
		// Needed for the environment of a benchmark, which takes Pods on a node.
		used["get nodes"] = true
		Expect(used).To(Equal(granted))
	})
})
