// Package podspec answers what the Pod of an attempt looks like. It is pure: the same run, settings and time give
// the same Pod. It knows nothing of whether a Pod should exist.
package podspec

import (
	"fmt"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/config"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/functional"
)

const (
	// ContainerName is the name of the only container.
	ContainerName = "strategy"

	// AllowanceSeconds is what a Pod gets on top of its start deadline and the strategy's deadline before the kubelet
	// ends it: time for imports, the seal, the gate and scoring, each of which the runner bounds itself. The kubelet's
	// deadline is the backstop for a runner that is wedged, so it must never come first.
	AllowanceSeconds = 120

	// graceSeconds is how long a Pod that is deleted may take to end; the runner needs well under one second.
	graceSeconds = 2

	// absentNodeSeconds is how long a Pod stays bound to a node that does not answer. Kubernetes waits 300 s
	// unless told otherwise, which is as long as the longest default run.
	absentNodeSeconds = 30

	// group is the group of every process in the Pod.
	group = int64(65532)

	// firstUser and users bound the user ids of runs. They stay below 65536, which is all that a user namespace maps.
	firstUser, users = 10000, 50000
)

// Settings are what the installation contributes to a Pod.
type Settings struct {
	Config config.Config
	// SeccompProfile is the profile's file below the kubelet's seccomp folder.
	SeccompProfile string
}

// Name is the name of the Pod of an attempt. It is a function of the run's name and the attempt alone,
// so that creating it twice is impossible.
func Name(run string, attempt int32) string {
	return run + "-" + strconv.Itoa(int(attempt))
}

// Build returns the Pod of an attempt. now is recorded on the Pod as the moment the attempt was started.
func Build(run *v1alpha1.StrategyRun, attempt int32, settings Settings, now time.Time) (*corev1.Pod, error) {
	limits := settings.Config.LimitsFor(run.Spec.Limits)
	todo := Task(run, attempt, settings.Config)
	todo.GateMode = gateMode(run, settings.Config)
	task, err := todo.Encode()
	if err != nil {
		return nil, err
	}
	dataset, found := settings.Config.Datasets[run.Spec.Dataset]
	if !found {
		return nil, fmt.Errorf("dataset %q is not configured", run.Spec.Dataset)
	}
	annotations := map[string]string{
		v1alpha1.AnnotationTask:          task,
		v1alpha1.AnnotationStartedAt:     now.UTC().Format(time.RFC3339Nano),
		v1alpha1.AnnotationStartDeadline: strconv.Itoa(int(limits.StartDeadlineSeconds)),
	}
	if run.Spec.Source.ConfigMapKeyRef == nil {
		annotations[v1alpha1.AnnotationSource] = run.Spec.Source.Inline
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name:            Name(run.Name, attempt),
			Namespace:       run.Namespace,
			Labels:          labelsOf(run, attempt),
			Annotations:     annotations,
			OwnerReferences: []metav1.OwnerReference{ownerOf(run)},
		},
		Spec: specOf(run, limits, dataset, settings),
	}, nil
}

func labelsOf(run *v1alpha1.StrategyRun, attempt int32) map[string]string {
	labels := map[string]string{
		v1alpha1.LabelManagedBy: v1alpha1.ManagedByValue,
		v1alpha1.LabelRun:       run.Name,
		v1alpha1.LabelAttempt:   strconv.Itoa(int(attempt)),
	}
	if queue, found := run.Labels[v1alpha1.LabelQueue]; found {
		labels[v1alpha1.LabelQueue] = queue
	}
	return labels
}

func ownerOf(run *v1alpha1.StrategyRun) metav1.OwnerReference {
	return metav1.OwnerReference{
		APIVersion: v1alpha1.GroupVersion.String(),
		Kind:       "StrategyRun",
		Name:       run.Name,
		UID:        run.UID,
		Controller: ptr.To(true),
	}
}

// gateMode is the configured one. Only the probes that test the walls are let past the gate regardless: texts that are
// compiled into this program, and only where the run may end in nothing but a sandbox.
func gateMode(run *v1alpha1.StrategyRun, cfg config.Config) contract.GateMode {
	if run.Spec.Mode == v1alpha1.ModeSandbox && run.Spec.Source.ConfigMapKeyRef == nil && functional.IsProbe(run.Spec.Source.Inline) {
		return contract.GateReport
	}
	return cfg.Gate.Mode
}

// Task tells whoever executes an attempt what to do.
func Task(run *v1alpha1.StrategyRun, attempt int32, cfg config.Config) contract.Task {
	limits := cfg.LimitsFor(run.Spec.Limits)
	strategyID := run.Spec.StrategyID
	if strategyID == "" {
		strategyID = run.Name
	}
	return contract.Task{
		Version:        contract.TaskVersion,
		Namespace:      run.Namespace,
		Run:            run.Name,
		RunUID:         string(run.UID),
		StrategyID:     strategyID,
		Attempt:        attempt,
		Dataset:        run.Spec.Dataset,
		GateMode:       cfg.Gate.Mode,
		Parameters:     run.Spec.Parameters,
		DeadlineMillis: int64(limits.DeadlineSeconds) * 1000,
		CPUMillis:      int64(limits.CPUTimeSeconds) * 1000,
		// Quantity.Value rounds up: a fraction of a core still needs one thread.
		Threads:               int(limits.CPU.Value()),
		AllowPartialDetection: cfg.Sandbox.AllowPartialDetection,
	}
}

func specOf(run *v1alpha1.StrategyRun, limits config.Limits, dataset config.Dataset, settings Settings) corev1.PodSpec {
	sandbox, user := settings.Config.Sandbox, userOf(run)
	spec := corev1.PodSpec{
		RestartPolicy:                 corev1.RestartPolicyNever,
		TerminationGracePeriodSeconds: ptr.To(int64(graceSeconds)),
		ActiveDeadlineSeconds:         ptr.To(int64(limits.StartDeadlineSeconds) + int64(limits.DeadlineSeconds) + AllowanceSeconds),
		AutomountServiceAccountToken:  ptr.To(false),
		EnableServiceLinks:            ptr.To(false),
		// No name is ever looked up; without this the Pod would carry the node's or the cluster's resolver settings.
		DNSPolicy:       corev1.DNSNone,
		DNSConfig:       &corev1.PodDNSConfig{Nameservers: []string{"127.0.0.1"}},
		Hostname:        "strategy",
		SecurityContext: podSecurity(user),
		NodeSelector:    sandbox.NodeSelector,
		Tolerations:     append(absentNodeTolerations(), sandbox.Tolerations...),
		Containers:      []corev1.Container{container(user, limits, settings)},
		Volumes:         []corev1.Volume{taskVolume(run), datasetVolume(dataset)},
	}
	if sandbox.RuntimeClassName != "" {
		spec.RuntimeClassName = ptr.To(sandbox.RuntimeClassName)
	}
	if sandbox.UserNamespaces {
		spec.HostUsers = ptr.To(false)
	}
	return spec
}

func container(user int64, limits config.Limits, settings Settings) corev1.Container {
	most := corev1.ResourceList{
		corev1.ResourceCPU:              limits.CPU,
		corev1.ResourceMemory:           limits.Memory,
		corev1.ResourceEphemeralStorage: limits.EphemeralStorage,
	}
	// Requests equal limits, so that one run does not slow another down and its timings mean something, unless the
	// operator's configuration says that runs share cores.
	asked := most.DeepCopy()
	if request := settings.Config.Sandbox.CPURequest; request != nil && request.Cmp(limits.CPU) < 0 {
		asked[corev1.ResourceCPU] = *request
	}
	return corev1.Container{
		Name:                     ContainerName,
		Image:                    settings.Config.Images.Runner,
		ImagePullPolicy:          corev1.PullIfNotPresent,
		TerminationMessagePath:   contract.TerminationLog,
		TerminationMessagePolicy: corev1.TerminationMessageReadFile,
		SecurityContext:          containerSecurity(user, settings),
		Resources:                corev1.ResourceRequirements{Requests: asked, Limits: most},
		VolumeMounts: []corev1.VolumeMount{
			{Name: "task", MountPath: contract.TaskDir, ReadOnly: true},
			{Name: "dataset", MountPath: contract.DatasetDir, ReadOnly: true},
		},
	}
}
