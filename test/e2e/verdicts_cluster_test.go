package e2e

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

func startDeadline(seconds int32) option {
	return func(r *v1alpha1.StrategyRun) { r.Spec.Limits.StartDeadlineSeconds = &seconds }
}

func cpu(quantity string) option {
	return func(r *v1alpha1.StrategyRun) { r.Spec.Limits.CPU = ptr.To(resource.MustParse(quantity)) }
}

func runnerImage(image string) func(string) string {
	return func(text string) string { return strings.Replace(text, "stratbox.dev/runner:dev", image, 1) }
}

// wholeCores changes a configuration that lets runs share cores into one that does not.
func wholeCores(text string) string { return strings.Replace(text, "  cpuRequest: 200m\n", "", 1) }

var _ = Describe("The verdict is true when", func() {
	DescribeTable("the cluster", bringAbout,
		Entry("names an image that does not exist", end{
			settings: runnerImage("127.0.0.1:1/runner:does-not-exist"),
			verdict:  v1alpha1.VerdictImagePullFailed, says: "does-not-exist", recording: "image-missing",
		}),
		Entry("has not got the image by the start deadline", end{
			settings: runnerImage("127.0.0.1:1/runner:does-not-exist"), options: []option{startDeadline(4)},
			verdict: v1alpha1.VerdictImagePullFailed, says: "does-not-exist", recording: "image-missing-at-start-deadline",
		}),
		Entry("changes the image's name into one that is invalid", end{
			alter:   []string{`{op: "replace", path: "/spec/containers/0/image", value: "Stratbox//:dev"}`},
			verdict: v1alpha1.VerdictImagePullFailed, says: "InvalidImageName", recording: "image-name-invalid",
		}),
		Entry("names an image of another program, which leaves no record", end{
			settings: runnerImage("stratbox.dev/manager:dev"),
			verdict:  v1alpha1.VerdictRunnerFailed, says: "left no verdict record", recording: "runner-left-no-record",
		}),
		Entry("starts a program that the image does not have", end{
			alter:   []string{`{op: "add", path: "/spec/containers/0/command", value: ["/no-such-program"]}`},
			verdict: v1alpha1.VerdictPodRejected, says: "no-such-program", recording: "program-missing",
		}),
		Entry("adds settings from a ConfigMap that does not exist", end{
			alter:   []string{`{op: "add", path: "/spec/containers/0/envFrom", value: [{"configMapRef": {"name": "no-such-configmap"}}]}`},
			verdict: v1alpha1.VerdictPodRejected, says: `configmap "no-such-configmap" not found`, recording: "config-missing",
		}),
		Entry("names a profile that no node has", end{
			alter:   []string{`{op: "replace", path: "/spec/containers/0/securityContext/seccompProfile/localhostProfile", value: "stratbox/no-such-profile.json"}`},
			verdict: v1alpha1.VerdictSeccompProfileMissing, says: "cannot load seccomp profile", recording: "profile-missing",
		}),
		Entry("replaces the profile by the runtime's own", end{
			alter: []string{`{op: "replace", path: "/spec/containers/0/securityContext/seccompProfile", value: {"type": "RuntimeDefault"}}`},
			// Calls that the runtime's profile denies are denied without being told.
			verdict: v1alpha1.VerdictSandboxUnsupported, says: "sealed", recording: "profile-of-the-runtime",
		}),
		Entry("sends the Pod to a node that has no room", end{
			options:  []option{cpu("64")},
			settings: wholeCores, alter: []string{`{op: "add", path: "/spec/nodeName", value: "node0"}`},
			verdict: v1alpha1.VerdictPodRejected, says: "OutOfcpu", recording: "not-admitted",
		}),
		Entry("has no node with so many cores", end{
			options: []option{cpu("64"), startDeadline(3)}, settings: wholeCores,
			verdict: v1alpha1.VerdictStartDeadlineExceeded, says: "Insufficient cpu", recording: "unschedulable",
		}),
		Entry("has no volume with the dataset", end{
			options: []option{startDeadline(3)},
			settings: func(text string) string {
				return strings.Replace(text, "claimName: tw-daily", "claimName: no-such-claim", 1)
			},
			verdict: v1alpha1.VerdictStartDeadlineExceeded, says: `persistentvolumeclaim "no-such-claim" not found`, recording: "dataset-missing",
		}),
		Entry("cannot mount what a policy added to the code's volume", end{
			options: []option{startDeadline(3)},
			alter:   []string{`{op: "add", path: "/spec/volumes/0/projected/sources/-", value: {"configMap": {"name": "no-such-configmap"}}}`},
			verdict: v1alpha1.VerdictStartDeadlineExceeded, says: "mounting its volumes (task of ConfigMap no-such-configmap", recording: "source-missing",
		}),
		Entry("has a policy that Pod Security then refuses", end{
			alter:   []string{`{op: "add", path: "/spec/containers/0/securityContext/capabilities/add", value: ["NET_ADMIN"]}`},
			verdict: v1alpha1.VerdictPodRejected, says: "violates PodSecurity",
		}),
		Entry("has the Pod deleted by hand", end{
			code: endlessLoop,
			during: func(ctx context.Context, _ *v1alpha1.StrategyRun, pod *corev1.Pod) {
				Expect(cluster.Delete(ctx, pod)).To(Succeed())
			},
			verdict: v1alpha1.VerdictPodLost, says: "was deleted before its runner had finished", recording: "pod-deleted",
		}),
		Entry("has the Pod deleted by force", end{
			code: endlessLoop,
			during: func(ctx context.Context, _ *v1alpha1.StrategyRun, pod *corev1.Pod) {
				Expect(cluster.Delete(ctx, pod, client.GracePeriodSeconds(0))).To(Succeed())
			},
			verdict: v1alpha1.VerdictPodLost, says: "Pod",
		}),
		Entry("drains the node", end{
			code: endlessLoop,
			during: func(ctx context.Context, _ *v1alpha1.StrategyRun, pod *corev1.Pod) {
				Expect(cluster.SubResource("eviction").Create(ctx, pod, &policyv1.Eviction{
					ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name},
				})).To(Succeed())
			},
			verdict: v1alpha1.VerdictNodeDisrupted, says: "EvictionByEvictionAPI", recording: "pod-evicted-by-api",
		}),
		Entry("needs the room for a Pod of higher priority", end{
			code: endlessLoop, during: preempt, verdict: v1alpha1.VerdictNodeDisrupted, says: "PreemptionByScheduler", recording: "preempted",
		}),
	)

	DescribeTable("the namespace has", func(ctx SpecContext, object client.Object, words string) {
		acceptsPodsAgain()
		create(ctx, object)
		if policy, isPolicy := object.(*admissionv1.ValidatingAdmissionPolicy); isPolicy {
			create(ctx, &admissionv1.ValidatingAdmissionPolicyBinding{
				ObjectMeta: metav1.ObjectMeta{Name: policy.Name},
				Spec: admissionv1.ValidatingAdmissionPolicyBindingSpec{
					PolicyName: policy.Name, ValidationActions: []admissionv1.ValidationAction{admissionv1.Deny},
				},
			})
		}
		refusesPods(ctx, words)
		bringAbout(ctx, end{verdict: v1alpha1.VerdictPodRejected, says: words})
	},
		Entry("a quota that is used up", &corev1.ResourceQuota{
			ObjectMeta: metav1.ObjectMeta{Namespace: runsNamespace, Name: "e2e"},
			Spec:       corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{corev1.ResourcePods: resource.MustParse("0")}},
		}, "exceeded quota: e2e"),
		Entry("a LimitRange with a lower limit of memory", &corev1.LimitRange{
			ObjectMeta: metav1.ObjectMeta{Namespace: runsNamespace, Name: "e2e"},
			Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{{
				Type: corev1.LimitTypeContainer, Max: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("128Mi")},
			}}},
		}, "maximum memory usage per Container is 128Mi"),
		Entry("a policy against these Pods", &admissionv1.ValidatingAdmissionPolicy{
			ObjectMeta: metav1.ObjectMeta{Name: "e2e-refuse"},
			Spec: admissionv1.ValidatingAdmissionPolicySpec{
				MatchConstraints: ofRunPods(),
				Validations:      []admissionv1.Validation{{Expression: "false", Message: "no Pods on Sundays"}},
			},
		}, "no Pods on Sundays"),
	)
})

// preempt makes the scheduler take a Pod's room for one of higher priority.
func preempt(ctx context.Context, _ *v1alpha1.StrategyRun, pod *corev1.Pod) {
	var node corev1.Node
	Expect(cluster.Get(ctx, client.ObjectKey{Name: pod.Spec.NodeName}, &node)).To(Succeed())
	var pods corev1.PodList
	Expect(cluster.List(ctx, &pods, client.MatchingFields{"spec.nodeName": node.Name})).To(Succeed())
	free := node.Status.Allocatable.Cpu().DeepCopy()
	for _, other := range pods.Items {
		ended := other.Status.Phase == corev1.PodSucceeded || other.Status.Phase == corev1.PodFailed
		// Room that another run has not given back yet is not to be had without this one's either.
		if ended || other.Namespace == runsNamespace {
			continue
		}
		for _, container := range other.Spec.Containers {
			free.Sub(*container.Resources.Requests.Cpu())
		}
	}
	// All but half of what the run asked for: there is not that much until its Pod has gone.
	own := pod.Spec.Containers[0].Resources.Requests.Cpu().MilliValue()
	wanted := resource.NewMilliQuantity(free.MilliValue()-own/2, resource.DecimalSI)
	create(ctx, &schedulingv1.PriorityClass{ObjectMeta: metav1.ObjectMeta{Name: "e2e-urgent"}, Value: 1000})
	create(ctx, &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: metav1.NamespaceDefault, Name: "e2e-urgent"},
		Spec: corev1.PodSpec{
			PriorityClassName: "e2e-urgent", TerminationGracePeriodSeconds: ptr.To(int64(0)),
			Containers: []corev1.Container{{
				Name: "urgent", Image: "stratbox.dev/pause:local", ImagePullPolicy: corev1.PullNever,
				Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: *wanted}},
			}},
		},
	})
}
