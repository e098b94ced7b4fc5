package outcome

import (
	"slices"
	"strings"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// Stage is where a run was when it ended, as far as people who look for the reason care.
type Stage string

// The stages of a run's way, in order.
const (
	StageStart    Stage = "It does not start"
	StageSandbox  Stage = "It started and the sandbox failed"
	StageStrategy Stage = "The strategy did it"
)

// Help is what to do about a verdict, at length. The page on troubleshooting and `kubectl stratbox explain` both
// say what is here; the advice of a rule is the short form that fits in a status.
type Help struct {
	Verdict v1alpha1.Verdict
	Stage   Stage
	// Look says why it happens, or where the evidence is.
	Look string
	// Do says what to do. Commands are in backquotes; RUN, NAMESPACE and POD stand for the run's own.
	Do []string
}

var helps = []Help{
	{
		Verdict: v1alpha1.VerdictNotAccepted, Stage: StageStart,
		Look: "the run refers to something that does not exist; reason and message of the condition `Accepted` say to what",
		Do:   []string{"create what is missing, or name what exists", "then submit a new run: a finished run stays finished"},
	},
	{
		Verdict: v1alpha1.VerdictSeccompProfileMissing, Stage: StageStart,
		Look: "the node has no seccomp profile of this name",
		Do: []string{
			"see whether the profile installer is ready on that node: `kubectl -n stratbox-node get pods -o wide`",
			"if it is, the kubelet's seccomp folder may be elsewhere than `/var/lib/kubelet/seccomp`",
		},
	},
	{
		Verdict: v1alpha1.VerdictImagePullFailed, Stage: StageStart,
		Look: "the node cannot get the runner's image; the message repeats the registry's answer",
		Do:   []string{"check `images.runner` in `learning_system.yaml`, and the node's access to that registry"},
	},
	{
		Verdict: v1alpha1.VerdictPodRejected, Stage: StageStart,
		Look: "quota, LimitRange, Pod Security, a webhook, or the container's configuration; the message repeats the API server's or the kubelet's sentence",
		Do:   []string{"change the run's limits, the namespace's policy, or the operator's configuration, as the message says"},
	},
	{
		Verdict: v1alpha1.VerdictStartDeadlineExceeded, Stage: StageStart,
		Look: "the Pod did not run in time: no room on any node, or a volume that does not mount",
		Do: []string{
			"see what a Pod waits for: submit again and `kubectl -n NAMESPACE describe pod POD` while it waits",
			"add capacity, lower the run's limits, or raise `limits.startDeadlineSeconds`",
		},
	},
	{
		Verdict: v1alpha1.VerdictSandboxUnsupported, Stage: StageSandbox,
		Look: "wall 2 could not be loaded or did not prove itself; the strategy never ran. A kernel below 5.9, a RuntimeClass without user notification (gVisor), or a profile that denies too much",
		Do: []string{
			"compare the node's profile with `config/seccomp/strategy.json`",
			"behind `RuntimeDefault` set `sandbox.allowPartialDetection`",
		},
	},
	{
		Verdict: v1alpha1.VerdictRunnerFailed, Stage: StageSandbox,
		Look: "the runner could not do its work or left no valid record; the message says in which phase. Often a dataset that cannot be opened",
		Do: []string{
			"check the dataset on its volume: `kubectl stratbox dataset inspect --verify DIR`",
			"submit again; if it happens again, report it",
		},
	},
	{
		Verdict: v1alpha1.VerdictPodLost, Stage: StageSandbox,
		Look: "somebody or something deleted the Pod",
		Do:   []string{"submit again"},
	},
	{
		Verdict: v1alpha1.VerdictNodeDisrupted, Stage: StageSandbox,
		Look: "the node went away, was drained, or evicted, preempted or, after a restart of its kubelet, refused the Pod",
		Do:   []string{"submit again; nothing is known against the strategy"},
	},
	{
		Verdict: v1alpha1.VerdictASTRejected, Stage: StageStrategy,
		Look: "`status.gate`: rule, line, column, the line itself",
		Do:   []string{"write what the gate's message says instead; `docs/gate.md` lists everything that is allowed"},
	},
	{
		Verdict: v1alpha1.VerdictSecurityViolation, Stage: StageStrategy,
		Look: "`status.violations`: names and counts; `status.violationCount`",
		Do: []string{
			"look in the code for what opens files, sockets or processes",
			"if the code is honest and the call comes from a library, report it",
		},
	},
	{
		Verdict: v1alpha1.VerdictOOMKilled, Stage: StageStrategy,
		Look: "the message has limit and peak; `status.result.peakMemoryBytes`",
		Do:   []string{"copy less, use fewer tables at a time, or raise `limits.memory`"},
	},
	{
		Verdict: v1alpha1.VerdictDeadlineExceeded, Stage: StageStrategy,
		Look: "`status.result.timings.executionMillis`",
		Do:   []string{"replace loops over dates and stocks by operations on whole tables, or raise `limits.deadlineSeconds`"},
	},
	{
		Verdict: v1alpha1.VerdictCPUTimeExceeded, Stage: StageStrategy,
		Look: "`status.result.cpuMillis`: CPU time counts in all threads",
		Do:   []string{"replace loops over dates and stocks by operations on whole tables, or raise `limits.cpuTimeSeconds`"},
	},
	{
		Verdict: v1alpha1.VerdictDiskLimitExceeded, Stage: StageStrategy,
		Look: "the kubelet's sentence in the message",
		Do:   []string{"print less: strategies cannot write files", "or raise `limits.ephemeralStorage`"},
	},
	{
		Verdict: v1alpha1.VerdictStrategyError, Stage: StageStrategy,
		Look: "exception, line and message",
		Do:   []string{"fix the code at the line that the message names"},
	},
	{
		Verdict: v1alpha1.VerdictResultInvalid, Stage: StageStrategy,
		Look: "the message says what was wrong with the positions and what to return",
		Do:   []string{"return a table of dates x stock ids, booleans or weights"},
	},
	{
		Verdict: v1alpha1.VerdictCancelled, Stage: StageStrategy,
		Look: "`spec.cancel` was set",
		Do:   []string{"submit a new run"},
	},
}

// HelpFor says what to do about a verdict. Completed, and a verdict that nobody has heard of, have no help.
func HelpFor(verdict v1alpha1.Verdict) (Help, bool) {
	i := slices.IndexFunc(helps, func(help Help) bool { return help.Verdict == verdict })
	if i < 0 {
		return Help{}, false
	}
	return helps[i], true
}

// Helps returns all help, in the order of the page on troubleshooting.
func Helps() []Help { return slices.Clone(helps) }

// WithoutAdvice is the message of a verdict without the short advice at its end, for those who give it at length.
func WithoutAdvice(verdict v1alpha1.Verdict, message string) string {
	advice := ruleOf(verdict).Advice
	if advice == "" {
		return message
	}
	return strings.TrimSuffix(message, "; "+advice)
}
