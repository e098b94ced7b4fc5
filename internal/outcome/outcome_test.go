package outcome_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/config"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/outcome"
	"github.com/stratbox/stratbox/internal/podspec"
	"github.com/stratbox/stratbox/internal/testutil"
)

const runUID = "6f1c1c5e-2d0a-4c3b-9a57-0f4f5f1b2a11"

// created is when every Pod of these tests was created. Their start deadline is 60 s, the strategy's deadline 300 s.
var created = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// newPod returns a Pod as the manager creates it, bound to a node, with a status.
func newPod(t *testing.T, status *testutil.PodStatusBuilder) *corev1.Pod {
	t.Helper()
	settings := podspec.Settings{Config: config.Default(), SeccompProfile: "stratbox/strategy-0123456789ab.json"}
	settings.Config.Datasets = map[string]config.Dataset{"tw-daily": {PersistentVolumeClaim: &config.ClaimSource{ClaimName: "tw-daily"}}}
	pod, err := podspec.Build(testutil.MakeRun("runs", "momentum").UID(runUID).Obj(), 0, settings, created)
	if err != nil {
		t.Fatalf("build Pod: %v", err)
	}
	pod.UID = "pod-uid"
	pod.CreationTimestamp = metav1.NewTime(created)
	pod.Spec.NodeName = "node0"
	pod.Status = status.Obj()
	return pod
}

func deletedAt(at time.Time) func(*corev1.Pod) {
	return func(pod *corev1.Pod) { pod.DeletionTimestamp = &metav1.Time{Time: at} }
}

func sandboxReady(status corev1.ConditionStatus) func(*corev1.Pod) {
	return func(pod *corev1.Pod) {
		pod.Status.Conditions = append(pod.Status.Conditions, corev1.PodCondition{Type: corev1.PodReadyToStartContainers, Status: status})
	}
}

func kubelet() *testutil.PodStatusBuilder    { return testutil.MakePodStatus(created.Add(time.Second)) }
func record() *testutil.RecordBuilder        { return testutil.MakeRecord(runUID, 0) }
func after(duration time.Duration) time.Time { return created.Add(duration) }
func ended(code int32, reason string, record *testutil.RecordBuilder) *testutil.PodStatusBuilder {
	return kubelet().Terminated(code, reason, record.Text())
}

const seccompError = `failed to generate seccomp spec opts: cannot load seccomp profile "/var/lib/kubelet/seccomp/stratbox/strategy-0123456789ab.json": open: no such file or directory`

func TestAnAttemptEndsAsItsEvidenceSays(t *testing.T) {
	const running = v1alpha1.Verdict("")
	tests := map[string]struct {
		status *testutil.PodStatusBuilder
		change func(*corev1.Pod)
		// now defaults to two seconds after the Pod's creation.
		now     time.Time
		verdict v1alpha1.Verdict
		// says must be part of the message.
		says string
	}{
		"a container that is being created is under way": {
			status: kubelet(), verdict: running},
		"a container that runs is under way, also after its start deadline": {
			status: kubelet().Running(), now: after(100 * time.Second), verdict: running},
		"exit 0 and a complete record is a score": {
			status: ended(0, "Completed", record().Completed()), verdict: v1alpha1.VerdictCompleted, says: "ran for 2.21s"},
		"output that was cut is told": {
			status: ended(0, "Completed", record().Completed().Output(1_200_000_000, 1_198_951_424)), verdict: v1alpha1.VerdictCompleted,
			says: "wrote 1200000000 bytes of output, of which 1048576 were kept"},
		"a record that says Completed with another exit code is not trusted": {
			status: ended(1, "Error", record().Completed()), verdict: v1alpha1.VerdictRunnerFailed, says: "although its record says Completed"},
		"the kernel's word outranks a record that says Completed": {
			status: ended(0, "OOMKilled", record().Completed()), verdict: v1alpha1.VerdictOOMKilled, says: "memory limit of 2Gi"},
		"the kubelet's deadline outranks a record that says Completed": {
			status:  ended(0, "Completed", record().Completed()).Phase(corev1.PodFailed, "DeadlineExceeded", ""),
			verdict: v1alpha1.VerdictDeadlineExceeded},
		"a finished runner is believed although its Pod is being deleted": {
			status: ended(0, "Completed", record().Completed()), change: deletedAt(after(3 * time.Second)), verdict: v1alpha1.VerdictCompleted},

		"a denied call outranks what the strategy did afterwards": {
			status:  ended(1, "Error", record().Denied("socket", 2).Verdict(v1alpha1.VerdictStrategyError, "ValueError")),
			verdict: v1alpha1.VerdictSecurityViolation, says: "the sandbox denied 2 of the strategy's system calls: socket (2)"},
		"a denied call outranks running out of memory": {
			status: ended(137, "OOMKilled", record().Denied("openat", 1)), verdict: v1alpha1.VerdictSecurityViolation},
		"a denied call outranks a node that fails, so that hostile code never falls back": {
			status: ended(137, "Error", record().Denied("clone", 1)).
				Disrupted("TerminationByKubelet", "The node was low on resource: memory.").Phase(corev1.PodFailed, "Evicted", "The node was low on resource: memory."),
			verdict: v1alpha1.VerdictSecurityViolation},
		"a violation without a name is one": {
			status:  ended(1, "Error", record().Verdict(v1alpha1.VerdictSecurityViolation, "")),
			verdict: v1alpha1.VerdictSecurityViolation, says: "the sandbox denied system calls"},

		"a Pod that was deleted is lost once its container has ended": {
			status: ended(1, "Error", record()).Phase(corev1.PodFailed, "", ""), change: deletedAt(after(3 * time.Second)),
			verdict: v1alpha1.VerdictPodLost, says: "in phase Execution"},
		"a Pod that is being deleted is waited for": {
			status: kubelet().Running(), change: deletedAt(after(3 * time.Second)), verdict: running},
		"a Pod that is being deleted on a node that does not answer is waited for a minute": {
			status: kubelet().Running(), change: deletedAt(after(3 * time.Second)), now: after(63*time.Second - 1), verdict: running},
		"a Pod that is being deleted on a node that does not answer is lost after that minute": {
			status: kubelet().Running(), change: deletedAt(after(3 * time.Second)), now: after(63 * time.Second), verdict: v1alpha1.VerdictPodLost},

		"a drained node": {
			status:  ended(1, "Error", record()).Disrupted("EvictionByEvictionAPI", "Eviction API: evicting").Phase(corev1.PodFailed, "", ""),
			change:  deletedAt(after(3 * time.Second)),
			verdict: v1alpha1.VerdictNodeDisrupted, says: "EvictionByEvictionAPI"},
		"a preempted Pod is waited for while its container may still tell something": {
			status: kubelet().Running().Disrupted("PreemptionByScheduler", "preempting"), verdict: running},
		"a preempted Pod whose container has ended": {
			status:  ended(1, "Error", record()).Disrupted("PreemptionByScheduler", "preempting").Phase(corev1.PodFailed, "", ""),
			verdict: v1alpha1.VerdictNodeDisrupted},
		"a node that does not answer is not waited for": {
			status: kubelet().Running().Disrupted("DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint"), change: deletedAt(after(time.Hour)),
			verdict: v1alpha1.VerdictNodeDisrupted},
		"a node that was short of memory": {
			status: kubelet().Terminated(137, "Error", "").Disrupted("TerminationByKubelet", "The node was low on resource: memory.").
				Phase(corev1.PodFailed, "Evicted", "The node was low on resource: memory. "),
			verdict: v1alpha1.VerdictNodeDisrupted, says: "low on resource: memory"},
		"an old kubelet that evicts without a condition": {
			status:  kubelet().Terminated(137, "Error", "").Phase(corev1.PodFailed, "Evicted", "The node was low on resource: ephemeral-storage."),
			verdict: v1alpha1.VerdictNodeDisrupted},
		"a kubelet that started again and refused the Pod that ran": {
			status:  ended(1, "Error", record()).Phase(corev1.PodFailed, "OutOfmemory", "Pod was rejected: Node didn't have enough resource: memory"),
			verdict: v1alpha1.VerdictNodeDisrupted, says: "OutOfmemory"},
		"a kubelet that refused a Pod whose runner had finished": {
			status:  ended(0, "Completed", record().Completed()).Phase(corev1.PodFailed, "OutOfmemory", "Pod was rejected"),
			verdict: v1alpha1.VerdictCompleted},
		"a node that shuts down": {
			status:  kubelet().Phase(corev1.PodFailed, "Terminated", "Pod was terminated in response to imminent node shutdown."),
			verdict: v1alpha1.VerdictNodeDisrupted, says: "imminent node shutdown"},
		"a node that has said nothing is believed to be busy until the Pod must have ended": {
			status: kubelet().Running(), now: after(time.Second + 480*time.Second + time.Minute - 1), verdict: running},
		"a node that has said nothing since the Pod must have ended": {
			status: kubelet().Running(), now: after(time.Second + 480*time.Second + time.Minute),
			verdict: v1alpha1.VerdictNodeDisrupted, says: "due by 2026-11-23T09:08:01Z"},
		"a verdict outranks a disruption that came too late": {
			status:  ended(1, "Error", record().Verdict(v1alpha1.VerdictResultInvalid, "no result")).Disrupted("EvictionByEvictionAPI", ""),
			verdict: v1alpha1.VerdictResultInvalid},

		"its own disk limit, by the Pod's sum": {
			status: kubelet().Terminated(137, "ContainerStatusUnknown", "").
				Phase(corev1.PodFailed, "Evicted", "Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. "),
			verdict: v1alpha1.VerdictDiskLimitExceeded, says: "limit of 1Gi"},
		"its own disk limit, by its container": {
			status:  kubelet().NoContainer().Phase(corev1.PodFailed, "Evicted", `Container strategy exceeded its local ephemeral storage limit "1Gi". `),
			verdict: v1alpha1.VerdictDiskLimitExceeded},

		"a first failed pull is given another try": {
			status: kubelet().Waiting("ErrImagePull", "connection reset"), verdict: running},
		"a first failed pull that was not tried again by the start deadline": {
			status: kubelet().Waiting("ErrImagePull", "i/o timeout"), now: after(time.Minute), verdict: v1alpha1.VerdictImagePullFailed},
		"a pull that keeps failing": {
			status:  kubelet().Waiting("ImagePullBackOff", `Back-off pulling image "stratbox.dev/runner:dev"`),
			verdict: v1alpha1.VerdictImagePullFailed, says: "Back-off pulling image"},
		"an image name that is none": {
			status: kubelet().Waiting("InvalidImageName", "couldn't parse image name"), verdict: v1alpha1.VerdictImagePullFailed},
		"an image that may not be pulled": {
			status: kubelet().Waiting("ErrImageNeverPull", "Container image is not present with pull policy of Never"), verdict: v1alpha1.VerdictImagePullFailed},

		"a node without the profile": {
			status: kubelet().Waiting("CreateContainerError", seccompError), verdict: v1alpha1.VerdictSeccompProfileMissing, says: "node node0 cannot load"},
		"a runtime that refuses the profile when the container starts": {
			status: kubelet().Terminated(128, "StartError", "error loading seccomp filter into kernel"), verdict: v1alpha1.VerdictSeccompProfileMissing},

		"a container whose configuration is impossible": {
			status:  kubelet().Waiting("CreateContainerConfigError", "container has runAsNonRoot and image will run as root"),
			verdict: v1alpha1.VerdictPodRejected, says: "runAsNonRoot"},
		"a container whose program does not exist": {
			status:  kubelet().Terminated(128, "StartError", `exec: "/runner": no such file or directory`),
			verdict: v1alpha1.VerdictPodRejected, says: "/runner"},
		"a runtime that is busy is given time": {
			status: kubelet().Waiting("CreateContainerError", "context deadline exceeded"), verdict: running},
		"a kubelet that does not admit the Pod": {
			status:  kubelet().NoContainer().Phase(corev1.PodFailed, "OutOfcpu", "Pod was rejected: Node didn't have enough resource: cpu"),
			verdict: v1alpha1.VerdictPodRejected, says: "OutOfcpu"},

		"a Pod that no node takes, just before its start deadline": {
			status: kubelet().Unscheduled("0/1 nodes are available"), now: after(time.Minute - 1), verdict: running},
		"a Pod that no node takes, at its start deadline": {
			status: kubelet().Unscheduled("0/1 nodes are available: 1 Insufficient memory."), now: after(time.Minute),
			verdict: v1alpha1.VerdictStartDeadlineExceeded, says: "within 1m0s of its creation: 0/1 nodes are available: 1 Insufficient memory;"},
		"volumes that are not mounted for too long": {
			status: kubelet(), change: sandboxReady(corev1.ConditionFalse), now: after(time.Minute), verdict: v1alpha1.VerdictStartDeadlineExceeded,
			says: "node node0 is still mounting its volumes (task; dataset of PersistentVolumeClaim tw-daily) or setting up its network (ContainerCreating); " +
				"see why with: kubectl -n runs get events --field-selector involvedObject.name=momentum-0; add"},
		"an image that is pulled for too long": {
			status: kubelet(), change: sandboxReady(corev1.ConditionTrue), now: after(time.Minute),
			verdict: v1alpha1.VerdictStartDeadlineExceeded, says: "node node0 is still pulling its image (stratbox.dev/runner:dev) (ContainerCreating)"},
		"a node that does not say how far it is": {
			status: kubelet(), now: after(time.Minute), verdict: v1alpha1.VerdictStartDeadlineExceeded, says: "network or pulling its image ("},
		"a container that waits with a message": {
			status: kubelet().Waiting("ContainerCreating", "the node is thinking"), now: after(time.Minute),
			verdict: v1alpha1.VerdictStartDeadlineExceeded, says: "ContainerCreating: the node is thinking;"},
		"a Pod that nobody has said anything about": {
			status: kubelet().NoContainer(), now: after(time.Minute), verdict: v1alpha1.VerdictStartDeadlineExceeded, says: "nothing was reported"},

		"a seal that failed": {
			status:  ended(1, "Error", record().Verdict(v1alpha1.VerdictSandboxUnsupported, "the kernel has no user notification")),
			verdict: v1alpha1.VerdictSandboxUnsupported, says: "no user notification"},
		"code that the gate refused": {
			status:  ended(1, "Error", record().Gate("import", 3, 1, "import of os is not allowed").Verdict(v1alpha1.VerdictASTRejected, "")),
			verdict: v1alpha1.VerdictASTRejected, says: "at line 3, column 1 (import): import of os is not allowed"},
		"code that the gate refused as a whole": {
			status:  ended(1, "Error", record().Gate("parser", 0, 0, "").Verdict(v1alpha1.VerdictASTRejected, "")),
			verdict: v1alpha1.VerdictASTRejected, says: "the gate refused the code (parser): no reason was given"},

		"memory, the whole container killed": {
			status: ended(137, "OOMKilled", record()), verdict: v1alpha1.VerdictOOMKilled, says: "in phase Execution"},
		"memory, the child alone killed and the runner's word for it": {
			status:  ended(1, "Error", record().OOM().Verdict(v1alpha1.VerdictOOMKilled, "")),
			verdict: v1alpha1.VerdictOOMKilled, says: "384 MiB"},
		"memory, seen by a runner that could not finish": {
			status: ended(137, "Error", record().OOM()), verdict: v1alpha1.VerdictOOMKilled},
		"137 alone proves nothing": {
			status: ended(137, "Error", record()).Phase(corev1.PodFailed, "", ""), verdict: v1alpha1.VerdictRunnerFailed, says: "exit code 137 (Error), in phase Execution"},

		"the runner's timer": {
			status: ended(1, "Error", record().Verdict(v1alpha1.VerdictDeadlineExceeded, "")), verdict: v1alpha1.VerdictDeadlineExceeded, says: "limit is 5m0s"},
		"the kubelet's deadline with a container that is still called running": {
			status:  kubelet().Running().Phase(corev1.PodFailed, "DeadlineExceeded", "Pod was active on the node longer than the specified deadline"),
			verdict: v1alpha1.VerdictDeadlineExceeded},
		"the kubelet's deadline with no container at all": {
			status:  kubelet().NoContainer().Phase(corev1.PodFailed, "DeadlineExceeded", ""),
			verdict: v1alpha1.VerdictDeadlineExceeded},
		"CPU time": {
			status: ended(1, "Error", record().Verdict(v1alpha1.VerdictCPUTimeExceeded, "")), verdict: v1alpha1.VerdictCPUTimeExceeded, says: "used 2.3s of CPU time, its limit is 5m0s"},
		"an exception": {
			status:  ended(1, "Error", record().Verdict(v1alpha1.VerdictStrategyError, "ZeroDivisionError at line 12: division by zero")),
			verdict: v1alpha1.VerdictStrategyError, says: "ZeroDivisionError at line 12"},
		"an exception without words": {
			status: ended(1, "Error", record().Verdict(v1alpha1.VerdictStrategyError, "")), verdict: v1alpha1.VerdictStrategyError, says: "the strategy failed"},
		"a result that is none": {
			status: ended(1, "Error", record().Verdict(v1alpha1.VerdictResultInvalid, "")), verdict: v1alpha1.VerdictResultInvalid, says: "cannot be scored"},

		"a container that left nothing waits for the kubelet's last word": {
			status: kubelet().Terminated(1, "Error", ""), verdict: running},
		"a container that left nothing is not waited for longer than ten seconds": {
			status: kubelet().Terminated(1, "Error", ""), now: after(11 * time.Second), verdict: v1alpha1.VerdictRunnerFailed, says: "left no verdict record"},
		"a record of another run": {
			status:  kubelet().Terminated(0, "Completed", testutil.MakeRecord("another", 0).Completed().Text()).Phase(corev1.PodSucceeded, "", ""),
			verdict: v1alpha1.VerdictRunnerFailed, says: "another run"},
		"a record of another attempt": {
			status:  kubelet().Terminated(0, "Completed", testutil.MakeRecord(runUID, 1).Completed().Text()).Phase(corev1.PodSucceeded, "", ""),
			verdict: v1alpha1.VerdictRunnerFailed, says: "another run or attempt"},
		"words in place of a record": {
			status: kubelet().Terminated(0, "Completed", "done").Phase(corev1.PodSucceeded, "", ""), verdict: v1alpha1.VerdictRunnerFailed, says: "not valid"},
		"a runner that gave up": {
			status:  ended(1, "Error", record().Verdict(v1alpha1.VerdictRunnerFailed, "table close.npy is truncated")),
			verdict: v1alpha1.VerdictRunnerFailed, says: "close.npy is truncated"},
		"a Pod that failed without a word": {
			status: kubelet().NoContainer().Phase(corev1.PodFailed, "", ""), verdict: v1alpha1.VerdictRunnerFailed, says: "ended without a container"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			pod := newPod(t, test.status)
			if test.change != nil {
				test.change(pod)
			}
			now := test.now
			if now.IsZero() {
				now = after(2 * time.Second)
			}
			finding := outcome.Classify(outcome.Observe(pod, outcome.Attempt{RunUID: runUID, PodUID: "pod-uid"}, now))
			if finding.Verdict != test.verdict {
				t.Fatalf("verdict %q, want %q; message: %s", finding.Verdict, test.verdict, finding.Message)
			}
			if !strings.Contains(finding.Message, test.says) {
				t.Errorf("message %q does not say %q", finding.Message, test.says)
			}
			if finding.Verdict != "" && finding.Blame != outcome.BlameOf(finding.Verdict) {
				t.Errorf("blame %q, want %q", finding.Blame, outcome.BlameOf(finding.Verdict))
			}
		})
	}
}

func TestAPodThatIsGoneOrAnotherOneIsLost(t *testing.T) {
	attempt := outcome.Attempt{RunUID: runUID, PodUID: "an-earlier-pod"}
	for name, pod := range map[string]*corev1.Pod{
		"no Pod":                       nil,
		"another Pod of the same name": newPod(t, kubelet().Running()),
	} {
		t.Run(name, func(t *testing.T) {
			facts := outcome.Observe(pod, attempt, after(time.Second))
			if got := outcome.Classify(facts).Verdict; got != v1alpha1.VerdictPodLost {
				t.Errorf("verdict %q, want PodLost", got)
			}
			if !facts.Next().IsZero() {
				t.Errorf("a Pod that is gone changes by itself at %s", facts.Next())
			}
		})
	}
}

func TestTheNextMomentIsWhenTimeAloneMayChangeTheVerdict(t *testing.T) {
	tests := map[string]struct {
		status *testutil.PodStatusBuilder
		change func(*corev1.Pod)
		want   time.Time
	}{
		"before it runs: the start deadline":                 {status: kubelet(), want: after(time.Minute)},
		"while it runs: when its node must have spoken":      {status: kubelet().Running(), want: after(time.Second + 480*time.Second + time.Minute)},
		"its container ended: the kubelet's last word":       {status: kubelet().Terminated(1, "Error", ""), want: after(11 * time.Second)},
		"being deleted: when its node must have spoken":      {status: kubelet().Running(), change: deletedAt(after(3 * time.Second)), want: after(63 * time.Second)},
		"the phase is over: never":                           {status: kubelet().Phase(corev1.PodFailed, "", "")},
		"without a deadline of the Pod: never while it runs": {status: kubelet().Running(), change: func(pod *corev1.Pod) { pod.Spec.ActiveDeadlineSeconds = nil }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			pod := newPod(t, test.status)
			if test.change != nil {
				test.change(pod)
			}
			facts := outcome.Observe(pod, outcome.Attempt{RunUID: runUID}, after(2*time.Second))
			if diff := cmp.Diff(test.want, facts.Next()); diff != "" {
				t.Errorf("next moment (-want +got):\n%s", diff)
			}
		})
	}
}

func TestARefusedPodIsExplainedInTheWordsOfTheAPIServer(t *testing.T) {
	finding := outcome.Refused("pods \"m-0\" is forbidden: exceeded quota: runs, requested: cpu=1, used: cpu=4, limited: cpu=4\n")
	want := outcome.Finding{
		Verdict: v1alpha1.VerdictPodRejected,
		Message: `the cluster refused the Pod: pods "m-0" is forbidden: exceeded quota: runs, requested: cpu=1, used: cpu=4, limited: cpu=4; ` +
			`change the run's limits, the namespace's policy or the operator's configuration`,
		Blame: outcome.BlameInfrastructure,
	}
	if diff := cmp.Diff(want, finding); diff != "" {
		t.Errorf("finding (-want +got):\n%s", diff)
	}
}

func TestMessagesStaySmallAndPrintable(t *testing.T) {
	finding := outcome.Refused(strings.Repeat("\x1b[31m很長", 4096))
	if len(finding.Message) > 700 || contract.Clean(finding.Message) != finding.Message {
		t.Errorf("message of %d bytes: %q", len(finding.Message), finding.Message)
	}
}

func TestEveryVerdictOfAPodHasARuleAndCompletedIsTheLast(t *testing.T) {
	rules := outcome.Rules()
	seen := map[v1alpha1.Verdict]bool{}
	for _, rule := range rules {
		if rule.Evidence == "" || rule.Blame == "" {
			t.Errorf("rule for %s has no evidence or no blame", rule.Verdict)
		}
		seen[rule.Verdict] = true
	}
	if len(seen) != 17 || len(rules) != 17 {
		t.Errorf("%d rules for %d verdicts, want one for each of 17", len(rules), len(seen))
	}
	if first := rules[0].Verdict; first != v1alpha1.VerdictSecurityViolation {
		t.Errorf("the first rule is %s, want SecurityViolation", first)
	}
	if last := rules[len(rules)-1].Verdict; last != v1alpha1.VerdictCompleted {
		t.Errorf("the last rule is %s, want Completed", last)
	}
	if got := outcome.BlameOf(v1alpha1.VerdictCancelled); got != outcome.BlameNobody {
		t.Errorf("a verdict that no Pod decides is blamed on %s", got)
	}
}
