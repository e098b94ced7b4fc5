package e2e

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// behindRuntimeDefault runs Pods behind the container runtime's own profile.
func behindRuntimeDefault(text string) string {
	return strings.Replace(text, "sandbox:\n", "sandbox:\n  seccomp: {type: RuntimeDefault}\n", 1)
}

func neverFallBack(r *v1alpha1.StrategyRun) { r.Spec.Fallback.Policy = v1alpha1.FallbackNever }

var _ = Describe("Behind the container runtime's own profile", Ordered, ContinueOnFailure, func() {
	BeforeAll(func(ctx SpecContext) { configure(ctx, behindRuntimeDefault) })

	It("a strategy is not run, because some of its calls would not be recorded", func(ctx SpecContext) {
		run := execute(ctx, functionStyle, neverFallBack)
		expectVerdict(run, v1alpha1.VerdictSandboxUnsupported)
		_, message := verdict(run)
		Expect(message).To(And(ContainSubstring("sandbox.seccomp.type"), ContainSubstring("sandbox.allowPartialDetection")))
		AddReportEntry("message", message)
		Expect(run.Status.Environment).To(HaveValue(And(
			HaveField("Detection", v1alpha1.DetectionPartial), HaveField("Profile", "RuntimeDefault"))))
		Expect(run.Status.Violations).To(BeEmpty())
	})

	Context("where the configuration allows it", Ordered, func() {
		BeforeAll(func(ctx SpecContext) {
			configure(ctx, func(text string) string {
				return strings.Replace(reportOnly(text), "sandbox:\n", "sandbox:\n  allowPartialDetection: true\n", 1)
			})
		})

		It("an honest strategy is scored, and its status says what is missing", func(ctx SpecContext) {
			run := execute(ctx, functionStyle, neverFallBack)
			expectVerdict(run, v1alpha1.VerdictCompleted)
			Expect(run.Status.Environment).To(HaveValue(HaveField("Detection", v1alpha1.DetectionPartial)))
		})

		It("a hostile one is denied everything, and recorded in part", func(ctx SpecContext) {
			run := execute(ctx, hostilePrelude+`
def attack():
    denied(native, 272, 0x10000000)
    denied(native, 164, b'\0' * 16, 0)
    denied(open, '/etc/passwd')
    denied(socket.socket)
`, neverFallBack)
			expectVerdict(run, v1alpha1.VerdictSecurityViolation)
			Expect(syscalls(run)).To(ConsistOf("openat", "socket"), "unshare and settimeofday are denied by the other profile")
		})
	})
})
