package podspec

import (
	"hash/fnv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// userOf is the user of every process in the run's Pod. The kernel counts some things per user over a whole node, threads
// above all, so runs that shared a user could use up each other's share.
func userOf(run *v1alpha1.StrategyRun) int64 {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(run.UID)) // never fails
	return firstUser + int64(hash.Sum32()%users)
}

// podSecurity applies to the Pod's own sandbox container too. Its seccomp profile is the runtime's, not ours: a node
// without our profile then fails at the strategy's container, with a reason that says so, and not silently before it.
func podSecurity(user int64) *corev1.PodSecurityContext {
	return &corev1.PodSecurityContext{
		RunAsNonRoot:   ptr.To(true),
		RunAsUser:      ptr.To(user),
		RunAsGroup:     ptr.To(group),
		SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
	}
}

// containerSecurity names wall 1, the profile every process in the container starts behind.
func containerSecurity(user int64, settings Settings) *corev1.SecurityContext {
	return &corev1.SecurityContext{
		RunAsNonRoot:             ptr.To(true),
		RunAsUser:                ptr.To(user),
		RunAsGroup:               ptr.To(group),
		Privileged:               ptr.To(false),
		AllowPrivilegeEscalation: ptr.To(false),
		ReadOnlyRootFilesystem:   ptr.To(true),
		Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		SeccompProfile:           wall1(settings),
	}
}

func wall1(settings Settings) *corev1.SeccompProfile {
	profile := &corev1.SeccompProfile{Type: settings.Config.Sandbox.Seccomp.Type}
	if profile.Type == corev1.SeccompProfileTypeLocalhost {
		profile.LocalhostProfile = ptr.To(settings.SeccompProfile)
	}
	return profile
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
