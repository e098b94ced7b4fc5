package main

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/podspec"
)

// scenario is one way for an attempt to end.
type scenario struct {
	name string
	// code of the strategy; an honest one if empty.
	code   string
	limits v1alpha1.Limits
	// settings and change make the Pod different from the one the manager would create.
	settings func(*podspec.Settings)
	change   func(*corev1.Pod)
	// act happens once the container runs.
	act func(context.Context, client.Client, *corev1.Pod) error
}

const endless = "def strategy(data):\n    while True:\n        pass\n"

var scenarios = []scenario{
	{name: "completed"},
	{name: "strategy-error", code: "def strategy(data):\n    return 1 / 0\n"},
	{name: "result-invalid", code: "def strategy(data):\n    return None\n"},
	{name: "ast-rejected", code: "import os\n\ndef strategy(data):\n    return os.listdir('/')\n"},
	{
		name: "security-violation", code: "import socket\n\ndef strategy(data):\n    socket.socket()\n",
		settings: func(s *podspec.Settings) { s.Config.Gate.Mode = contract.GateReport },
	},
	{name: "deadline-by-runner", code: endless, limits: v1alpha1.Limits{DeadlineSeconds: ptr.To(int32(2))}},
	{name: "cpu-time", code: endless, limits: v1alpha1.Limits{CPUTimeSeconds: ptr.To(int32(1))}},
	{
		name:   "oom-of-the-child",
		code:   "def strategy(data):\n    kept = []\n    while True:\n        kept.append(np.ones(4_000_000))\n",
		limits: v1alpha1.Limits{Memory: quantity("512Mi")},
	},
	{
		name: "oom-of-the-container", limits: v1alpha1.Limits{Memory: quantity("256Mi")},
		change: python("kept = []\nwhile True: kept.append(bytearray(1 << 24))"),
	},
	{
		name: "deadline-by-kubelet",
		change: func(pod *corev1.Pod) {
			python("import time; time.sleep(600)")(pod)
			pod.Spec.ActiveDeadlineSeconds = ptr.To(int64(4))
		},
	},
	{
		name: "disk-limit", limits: v1alpha1.Limits{EphemeralStorage: quantity("16Mi")},
		change: func(pod *corev1.Pod) {
			python("import time\nopen('/tmp/big', 'wb').write(bytes(200 << 20))\ntime.sleep(600)")(pod)
			pod.Spec.Containers[0].SecurityContext.ReadOnlyRootFilesystem = ptr.To(false)
		},
	},
	{name: "runner-left-no-record", change: python("raise SystemExit(3)")},
	{name: "image-missing", change: func(pod *corev1.Pod) { pod.Spec.Containers[0].Image = "stratbox.dev/no-such-image:dev" }},
	{name: "image-name-invalid", change: func(pod *corev1.Pod) { pod.Spec.Containers[0].Image = "Stratbox//:dev" }},
	{name: "profile-missing", settings: func(s *podspec.Settings) { s.SeccompProfile = "stratbox/no-such-profile.json" }},
	{name: "program-missing", change: func(pod *corev1.Pod) { pod.Spec.Containers[0].Command = []string{"/no-such-program"} }},
	{
		name: "config-missing",
		change: func(pod *corev1.Pod) {
			pod.Spec.Containers[0].EnvFrom = []corev1.EnvFromSource{{ConfigMapRef: &corev1.ConfigMapEnvSource{
				LocalObjectReference: corev1.LocalObjectReference{Name: "no-such-configmap"},
			}}}
		},
	},
	{name: "not-admitted", limits: v1alpha1.Limits{CPU: quantity("64")}, change: func(pod *corev1.Pod) { pod.Spec.NodeName = "node0" }},
	{name: "unschedulable", limits: v1alpha1.Limits{CPU: quantity("64"), StartDeadlineSeconds: ptr.To(int32(3))}},
	{
		name: "dataset-missing", limits: v1alpha1.Limits{StartDeadlineSeconds: ptr.To(int32(3))},
		change: func(pod *corev1.Pod) { pod.Spec.Volumes[1].PersistentVolumeClaim.ClaimName = "no-such-claim" },
	},
	{
		name: "source-missing", limits: v1alpha1.Limits{StartDeadlineSeconds: ptr.To(int32(3))},
		change: func(pod *corev1.Pod) {
			pod.Spec.Volumes[0].Projected.Sources = append(pod.Spec.Volumes[0].Projected.Sources, corev1.VolumeProjection{
				ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: corev1.LocalObjectReference{Name: "no-such-configmap"}},
			})
		},
	},
	{
		name: "pod-deleted", code: endless,
		act: func(ctx context.Context, kube client.Client, pod *corev1.Pod) error { return kube.Delete(ctx, pod) },
	},
	{
		name: "pod-evicted-by-api", code: endless,
		act: func(ctx context.Context, kube client.Client, pod *corev1.Pod) error {
			return kube.SubResource("eviction").Create(ctx, pod, &policyv1.Eviction{
				ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name},
			})
		},
	},
}

// python runs a program in place of the runner.
func python(program string) func(*corev1.Pod) {
	return func(pod *corev1.Pod) { pod.Spec.Containers[0].Command = []string{"python3", "-c", program} }
}

func quantity(text string) *resource.Quantity {
	return ptr.To(resource.MustParse(text))
}
