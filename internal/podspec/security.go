package podspec

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// podSecurity applies to the Pod's own sandbox container too. Its seccomp profile is the runtime's, not ours: a node
// without our profile then fails at the strategy's container, with a reason that says so, and not silently before it.
func podSecurity() *corev1.PodSecurityContext {
	return &corev1.PodSecurityContext{
		RunAsNonRoot:   ptr.To(true),
		RunAsUser:      ptr.To(nobody),
		RunAsGroup:     ptr.To(nobody),
		SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
	}
}

// containerSecurity names wall 1, the profile every process in the container starts behind.
func containerSecurity(profile string) *corev1.SecurityContext {
	return &corev1.SecurityContext{
		RunAsNonRoot:             ptr.To(true),
		RunAsUser:                ptr.To(nobody),
		RunAsGroup:               ptr.To(nobody),
		Privileged:               ptr.To(false),
		AllowPrivilegeEscalation: ptr.To(false),
		ReadOnlyRootFilesystem:   ptr.To(true),
		Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		SeccompProfile: &corev1.SeccompProfile{
			Type:             corev1.SeccompProfileTypeLocalhost,
			LocalhostProfile: ptr.To(profile),
		},
	}
}

// absentNodeTolerations shorten the time until a Pod on a node that does not answer is given up.
func absentNodeTolerations() []corev1.Toleration {
	toleration := func(key string) corev1.Toleration {
		return corev1.Toleration{
			Key:               key,
			Operator:          corev1.TolerationOpExists,
			Effect:            corev1.TaintEffectNoExecute,
			TolerationSeconds: ptr.To(int64(absentNodeSeconds)),
		}
	}
	return []corev1.Toleration{toleration(corev1.TaintNodeNotReady), toleration(corev1.TaintNodeUnreachable)}
}
