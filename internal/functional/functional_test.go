package functional_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/functional"
	"github.com/stratbox/stratbox/internal/seccomp"
)

var kebab = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func runs() map[string]functional.Run {
	all := map[string]functional.Run{}
	for _, batch := range functional.Batches() {
		for _, run := range batch {
			all[run.Name] = run
		}
	}
	return all
}

func test(t *testing.T, name string) functional.Test {
	t.Helper()
	suite := functional.Suite()
	i := slices.IndexFunc(suite, func(test functional.Test) bool { return test.Name == name })
	if i < 0 {
		t.Fatalf("no test %s", name)
	}
	return suite[i]
}

func TestTheSuiteFitsWhereItIsUsed(t *testing.T) {
	count, all := 0, runs()
	for _, batch := range functional.Batches() {
		count += len(batch)
	}
	if count != len(all) {
		t.Errorf("%d runs have %d names", count, len(all))
	}
	for name, run := range all {
		if !kebab.MatchString(name) || len(name) > functional.MaxRunName {
			t.Errorf("a run is named %q", name)
		}
		if len(run.Source) == 0 || len(run.Source) > 128<<10 {
			t.Errorf("run %s has a source of %d bytes", name, len(run.Source))
		}
	}
	suite, used, names := functional.Suite(), map[string]bool{}, map[string]bool{}
	if len(suite) > 32 {
		t.Errorf("%d tests, a status holds 32", len(suite))
	}
	for _, test := range suite {
		if !kebab.MatchString(test.Name) || len(test.Name) > 63 || names[test.Name] || test.Promise == "" || len(test.Runs) == 0 {
			t.Errorf("a test is %+v", test)
		}
		names[test.Name] = true
		for _, run := range test.Runs {
			if _, found := all[run]; !found {
				t.Errorf("test %s needs run %s, which is not executed", test.Name, run)
			}
			used[run] = true
		}
	}
	for name := range all {
		if !used[name] {
			t.Errorf("run %s is of no test", name)
		}
	}
}

func TestProbesAreTheSourcesThatTheGateWouldRefuse(t *testing.T) {
	for name, run := range runs() {
		honest := slices.Contains([]string{"raises", "function", "script", "output", "oom", "deadline"}, name)
		if functional.IsProbe(run.Source) == honest {
			t.Errorf("IsProbe of %s is %t", name, !honest)
		}
		if functional.IsProbe(run.Source + " ") {
			t.Errorf("%s with a blank after it is a probe", name)
		}
	}
	if functional.IsProbe("") {
		t.Error("no text at all is a probe")
	}
}

// The probes make calls by number; the names are those that the runner records.
func TestProbesKnowTheNumbersOfCalls(t *testing.T) {
	entry := regexp.MustCompile(`'(\w+)': \((\d+), (\d+)\)`)
	found := entry.FindAllStringSubmatch(runs()["files"].Source, -1)
	if len(found) < 40 {
		t.Fatalf("found %d calls", len(found))
	}
	for _, call := range found {
		for i, arch := range []seccomp.Arch{seccomp.AMD64, seccomp.ARM64} {
			if name := arch.NativeName(number(t, call[2+i])); name != call[1] && (call[1] != "newfstatat" || name != "fstatat") {
				t.Errorf("%s: %s is call %s, recorded as %s", arch.GOARCH, call[1], call[2+i], name)
			}
		}
	}
}

func number(t *testing.T, text string) uint32 {
	t.Helper()
	var n uint32
	for _, digit := range text {
		n = n*10 + uint32(digit-'0')
	}
	return n
}

// observed is what a run of the suite looks like where the sandbox does what it promises.
func observed(name string) functional.Observation {
	run := runs()[name]
	o := functional.Observation{EndMillis: ptr.To[int64](900)}
	o.Status.ExecutedMode = v1alpha1.ModeSandbox
	o.Status.Environment = &v1alpha1.Environment{Detection: v1alpha1.DetectionFull}
	o.Status.Attempts = []v1alpha1.Attempt{{
		Index: ptr.To[int32](0), Mode: v1alpha1.ModeSandbox, Verdict: run.Verdict, StartTime: ptr.To(metav1.NewTime(time.Unix(1795427360, 0))),
	}}
	o.Status.Result = &v1alpha1.Result{Timings: &v1alpha1.Timings{StartedMillis: ptr.To[int64](700), ExecutionMillis: ptr.To[int64](6500)}}
	if run.Verdict == v1alpha1.VerdictCompleted {
		o.Status.Result.Metrics = map[string]string{"total_return": "0.84", "daily_sharpe": "1.31"}
	}
	for _, test := range functional.Suite() {
		if len(test.Runs) == 1 && test.Runs[0] == name || name == "intruder" {
			deny(&o, expectedCalls[test.Name]...)
		}
	}
	message := map[string]string{
		"raises": "the strategy raised ZeroDivisionError at line 6: division by zero",
		"output": "The strategy ran; it wrote 64000081 bytes of output, of which 1048576 were kept.",
		"oom":    "the strategy used more than its 512Mi", "deadline": "the strategy ran longer than 3 s",
	}[name]
	end(&o, run.Verdict, message)
	return o
}

// expectedCalls are the names that must be recorded for a test to pass.
var expectedCalls = map[string][]string{
	"files-denied":             {"openat", "openat2", "newfstatat", "getdents64", "readlinkat", "unlinkat", "mkdirat", "renameat2", "name_to_handle_at"},
	"disk-cannot-be-written":   {"openat", "memfd_create", "write", "ftruncate", "fallocate", "mknodat"},
	"network-denied":           {"socket", "socketpair", "connect", "bind", "sendto", "accept4", "io_uring_setup"},
	"processes-denied":         {"clone", "clone3", "execve", "execveat", "kill", "tgkill", "ptrace", "process_vm_readv", "pidfd_open", "prlimit64"},
	"clock-denied":             {"clock_settime", "settimeofday", "adjtimex", "clock_adjtime", "timer_create"},
	"executable-memory-denied": {"mmap", "mprotect", "pkey_mprotect", "memfd_create", "shmat"},
	"kernel-interfaces-denied": {"seccomp", "bpf", "perf_event_open", "userfaultfd", "keyctl", "unshare", "setns", "mount", "prctl", "personality", "syslog", "init_module"},
	"concurrent-runs-isolated": {"shmget"},
}

func deny(o *functional.Observation, names ...string) {
	for _, name := range names {
		if !slices.ContainsFunc(o.Status.Violations, func(v v1alpha1.Violation) bool { return v.Syscall == name }) {
			o.Status.Violations = append(o.Status.Violations, v1alpha1.Violation{Syscall: name, Count: ptr.To[int64](1)})
		}
	}
}

func end(o *functional.Observation, verdict v1alpha1.Verdict, message string) {
	succeeded := metav1.ConditionFalse
	if verdict == v1alpha1.VerdictCompleted {
		succeeded = metav1.ConditionTrue
	}
	limit := metav1.ConditionFalse
	if verdict == v1alpha1.VerdictOOMKilled || verdict == v1alpha1.VerdictDeadlineExceeded {
		limit = metav1.ConditionTrue
	}
	o.Status.Conditions = []metav1.Condition{
		{Type: v1alpha1.ConditionFinished, Status: metav1.ConditionTrue, Reason: string(verdict)},
		{Type: v1alpha1.ConditionSucceeded, Status: succeeded, Reason: string(verdict), Message: message},
		{Type: v1alpha1.ConditionResourceLimitExceeded, Status: limit, Reason: "x"},
	}
}

func all() map[string]functional.Observation {
	observations := map[string]functional.Observation{}
	for name := range runs() {
		observations[name] = observed(name)
	}
	return observations
}

func TestEveryTestPassesWhereTheSandboxDoesWhatItPromises(t *testing.T) {
	for _, test := range functional.Suite() {
		outcome, message := functional.Judge(test, all())
		if outcome != v1alpha1.FunctionalPass || message == "" {
			t.Errorf("%s: %s, %s", test.Name, outcome, message)
		}
	}
}

func TestATestIsPendingUntilAllItsRunsWereSeen(t *testing.T) {
	for _, test := range functional.Suite() {
		for _, missing := range test.Runs {
			observations := all()
			delete(observations, missing)
			if outcome, message := functional.Judge(test, observations); outcome != v1alpha1.FunctionalPending || message != "" {
				t.Errorf("%s without %s: %s, %q", test.Name, missing, outcome, message)
			}
		}
	}
}

func TestEveryCallThatIsNotRecordedFails(t *testing.T) {
	for name, calls := range expectedCalls {
		for _, call := range calls {
			observations := all()
			run := test(t, name).Runs[len(test(t, name).Runs)-1]
			o := observations[run]
			o.Status.Violations = slices.DeleteFunc(o.Status.Violations, func(v v1alpha1.Violation) bool { return v.Syscall == call })
			observations[run] = o
			outcome, message := functional.Judge(test(t, name), observations)
			if outcome != v1alpha1.FunctionalFail || !strings.Contains(message, "not recorded: "+call) {
				t.Errorf("%s without %s: %s, %s", name, call, outcome, message)
			}
		}
	}
}

func TestWhatIsSeenIsJudged(t *testing.T) {
	type change func(*functional.Observation)
	for name, c := range map[string]struct {
		test, run string
		change    change
		message   string // empty where the test passes all the same
	}{
		"an error without its line":            {"failure-message", "raises", func(o *functional.Observation) { end(o, v1alpha1.VerdictStrategyError, "ZeroDivisionError") }, `expected it to say "line 6"`},
		"an error without its exception":       {"failure-message", "raises", func(o *functional.Observation) { end(o, v1alpha1.VerdictStrategyError, "at line 6") }, `expected it to say "ZeroDivisionError"`},
		"another verdict":                      {"failure-message", "raises", func(o *functional.Observation) { end(o, v1alpha1.VerdictASTRejected, "import os") }, "run raises ended ASTRejected, expected StrategyError: import os"},
		"an execution without a sandbox":       {"failure-message", "raises", func(o *functional.Observation) { o.Status.ExecutedMode = v1alpha1.ModeASTOnly }, "run raises was executed ASTOnly, expected Sandbox"},
		"no score":                             {"executes-and-collects", "script", func(o *functional.Observation) { o.Status.Result.Metrics = nil }, "run script has no score"},
		"no result":                            {"executes-and-collects", "script", func(o *functional.Observation) { o.Status.Result = nil }, "run script has no score"},
		"no times":                             {"executes-and-collects", "script", func(o *functional.Observation) { o.Status.Result.Timings.ExecutionMillis = nil }, "run script has no times"},
		"a start just in time":                 {"starts-under-10s", "output", func(o *functional.Observation) { o.Status.Result.Timings.StartedMillis = ptr.To[int64](9999) }, ""},
		"a start just too late":                {"starts-under-10s", "output", func(o *functional.Observation) { o.Status.Result.Timings.StartedMillis = ptr.To[int64](10000) }, "output started after 10s; expected less than 10s"},
		"an end just in time":                  {"ends-under-5s", "oom", func(o *functional.Observation) { o.EndMillis = ptr.To[int64](4999) }, ""},
		"an end just too late":                 {"ends-under-5s", "oom", func(o *functional.Observation) { o.EndMillis = ptr.To[int64](5000) }, "oom was gone after 5s, deadline was gone after 900ms; expected less than 5s"},
		"all output kept":                      {"output-cannot-fill-disk", "output", func(o *functional.Observation) { end(o, v1alpha1.VerdictCompleted, "") }, "expected it to say"},
		"a limit that is not named":            {"memory-limit", "oom", func(o *functional.Observation) { end(o, v1alpha1.VerdictOOMKilled, "out of memory") }, `expected it to say "512Mi"`},
		"a limit without its condition":        {"deadline", "deadline", func(o *functional.Observation) { o.Status.Conditions = o.Status.Conditions[:2] }, "no condition ResourceLimitExceeded"},
		"an honest run with a violation":       {"benign-strategies-clean", "script", func(o *functional.Observation) { deny(o, "ioctl") }, "run script has violations: ioctl; expected none"},
		"an honest run half watched":           {"benign-strategies-clean", "script", func(o *functional.Observation) { o.Status.Environment.Detection = v1alpha1.DetectionPartial }, "was not watched in full"},
		"an honest run not watched":            {"benign-strategies-clean", "script", func(o *functional.Observation) { o.Status.Environment = nil }, "was not watched in full"},
		"more names than there is room":        {"benign-strategies-clean", "script", func(o *functional.Observation) { o.Status.ViolationsDropped = ptr.To[int64](3) }, "violations: others"},
		"another answer than EPERM":            {"files-denied", "files", func(o *functional.Observation) { deny(o, "fspick") }, "answered otherwise than EPERM"},
		"another score together":               {"concurrent-runs-isolated", "together-b", func(o *functional.Observation) { o.Status.Result.Metrics["total_return"] = "0.83" }, "run together-b scored map[daily_sharpe:1.31 total_return:0.83], expected map[daily_sharpe:1.31 total_return:0.84] as alone"},
		"no score alone":                       {"concurrent-runs-isolated", "alone", func(o *functional.Observation) { o.Status.Result.Metrics = nil }, "expected map[] as alone"},
		"a violation together":                 {"concurrent-runs-isolated", "together-a", func(o *functional.Observation) { deny(o, "kill") }, "run together-a has violations: kill; expected none"},
		"an answer that there was no room for": {"files-denied", "files", func(o *functional.Observation) { o.Status.ViolationsDropped = ptr.To[int64](1) }, "nobody can tell whether one was answered otherwise than EPERM"},
		"an intruder that saw something":       {"concurrent-runs-isolated", "intruder", func(o *functional.Observation) { deny(o, "fspick") }, "answered otherwise than EPERM"},
		"just at the same time":                {"concurrent-runs-isolated", "intruder", func(o *functional.Observation) { o.Status.Attempts[0].StartTime.Time = time.Unix(1795427364, 0) }, ""},
		"text from a strategy": {"failure-message", "raises", func(o *functional.Observation) {
			end(o, v1alpha1.VerdictSecurityViolation, "\x1b[2J"+strings.Repeat("長", 600))
		}, "expected StrategyError:  [2J長"},
	} {
		t.Run(name, func(t *testing.T) {
			observations := all()
			o := observations[c.run]
			c.change(&o)
			observations[c.run] = o
			outcome, message := functional.Judge(test(t, c.test), observations)
			want := v1alpha1.FunctionalFail
			if c.message == "" {
				want = v1alpha1.FunctionalPass
			}
			if outcome != want || !strings.Contains(message, c.message) {
				t.Errorf("%s: %s, want %s with %q", outcome, message, want, c.message)
			}
			if len(message) > 512 || strings.ContainsAny(message, "\x1b\n") {
				t.Errorf("a status does not hold %q", message)
			}
		})
	}
}

func TestWhatSaysNothingOfTheSandboxIsRepeated(t *testing.T) {
	for verdict, want := range map[v1alpha1.Verdict]bool{
		v1alpha1.VerdictCompleted: false, v1alpha1.VerdictOOMKilled: false, v1alpha1.VerdictSecurityViolation: false,
		v1alpha1.VerdictStrategyError: false, v1alpha1.VerdictASTRejected: false, v1alpha1.VerdictCancelled: true,
		v1alpha1.VerdictPodLost: true, v1alpha1.VerdictNodeDisrupted: true, v1alpha1.VerdictRunnerFailed: true,
		v1alpha1.VerdictImagePullFailed: true, v1alpha1.VerdictStartDeadlineExceeded: true, v1alpha1.VerdictSandboxUnsupported: true,
	} {
		o := observed("function")
		end(&o, verdict, "")
		if got := functional.Repeat(o); got != want {
			t.Errorf("%s: %t, want %t", verdict, got, want)
		}
	}
	unseen := observed("function")
	unseen.EndMillis = nil
	if !functional.Repeat(unseen) {
		t.Error("a run whose Pod nobody saw go is not repeated")
	}
	end(&unseen, v1alpha1.VerdictNotAccepted, "the dataset is not configured")
	if functional.Repeat(unseen) {
		t.Error("a run that was never started is repeated")
	}
}

func TestNobodyChangesTheSuite(t *testing.T) {
	functional.Suite()[0].Name, functional.Batches()[0][0].Name = "changed", "changed"
	if functional.Suite()[0].Name == "changed" || functional.Batches()[0][0].Name == "changed" {
		t.Error("what was handed out is the suite itself")
	}
}
