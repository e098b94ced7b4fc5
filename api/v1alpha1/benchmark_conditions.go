package v1alpha1

// The condition Finished of a Benchmark is the one thing to wait for. While it is False its reason is Pending, Testing,
// Measuring, or Suspended; when it is True the reason says how the benchmark ended.
const (
	// ReasonPending: the benchmark has not started.
	ReasonPending = "Pending"
	// ReasonTesting: the functional tests are under way.
	ReasonTesting = "Testing"
	// ReasonMeasuring: pairs are under way.
	ReasonMeasuring = "Measuring"
	// ReasonDecided: every planned pair was measured, and status.decision says what follows.
	ReasonDecided = "Decided"
	// ReasonCancelled: spec.cancel is true.
	ReasonCancelled = "Cancelled"
	// ReasonDeadlineExceeded: spec.deadlineSeconds were over first.
	ReasonDeadlineExceeded = "DeadlineExceeded"
	// ReasonNoStrategies: the selector selects no key that ends in .py.
	ReasonNoStrategies = "NoStrategies"
	// ReasonTooManyStrategies: the selector selects more than 16 keys.
	ReasonTooManyStrategies = "TooManyStrategies"
	// ReasonStrategyRejected: the gate refuses one of the strategies.
	ReasonStrategyRejected = "StrategyRejected"
	// ReasonStrategyChanged: the code of a strategy is not what it was when the benchmark started.
	ReasonStrategyChanged = "StrategyChanged"
	// ReasonRunRefused: the API server does not accept a run of the benchmark.
	ReasonRunRefused = "RunRefused"
	// ReasonSamplesLost: somebody deleted or changed the ConfigMap that holds the raw samples.
	ReasonSamplesLost = "SamplesLost"
	// ReasonBaselineTooShort: the mean iteration time of the baseline is below its floor.
	ReasonBaselineTooShort = "BaselineTooShort"
	// ReasonTestsDisturbed: a functional test could not be judged, because something else than the sandbox failed.
	ReasonTestsDisturbed = "TestsDisturbed"
)

// ConditionFunctionalTestsPassed says whether the sandbox does what it promises.
const (
	ConditionFunctionalTestsPassed = "FunctionalTestsPassed"

	// ReasonAllPassed: every functional test passed.
	ReasonAllPassed = "AllPassed"
	// ReasonTestFailed: at least one functional test failed.
	ReasonTestFailed = "TestFailed"
	// ReasonSuiteDisabled: spec.functionalSuite is Disabled.
	ReasonSuiteDisabled = "SuiteDisabled"
)

// ConditionConclusive says whether the decision may be applied.
const (
	ConditionConclusive = "Conclusive"

	// ReasonConclusive: the interval lies inside the decision's band, or a functional test failed.
	ReasonConclusive = "Conclusive"
	// ReasonSmokeTest: spec.iterations is too small to decide anything.
	ReasonSmokeTest = "SmokeTest"
	// ReasonTooFewPairs: too many pairs were excluded.
	ReasonTooFewPairs = "TooFewPairs"
	// ReasonIntervalStraddles: the interval does not lie inside the decision's band.
	ReasonIntervalStraddles = "IntervalStraddles"
	// ReasonSelfTest: the baseline is the sandbox itself.
	ReasonSelfTest = "SelfTest"
)

// ConditionApplied says whether sandbox.enabled was set as the decision says.
const (
	ConditionApplied = "Applied"

	// ReasonApplied: learning_system.yaml says what the decision says.
	ReasonApplied = "Applied"
	// ReasonNotRequested: spec.applyDecision is Never.
	ReasonNotRequested = "NotRequested"
	// ReasonNotConclusive: only a conclusive decision is applied.
	ReasonNotConclusive = "NotConclusive"
	// ReasonApplyFailed: learning_system.yaml cannot be changed by a program as it stands.
	ReasonApplyFailed = "ApplyFailed"
)

// What a StrategyRun of a benchmark carries, besides its owner.
const (
	// LabelBenchmark is the name of the benchmark that a run belongs to.
	LabelBenchmark = "stratbox.dev/benchmark"
	// AnnotationSubmittedAt is when the benchmark submitted the run, in RFC 3339 with nanoseconds: the API server
	// knows it only to the second.
	AnnotationSubmittedAt = "stratbox.dev/submitted-at"
	// AnnotationCodeDigest is the SHA-256 of the code that the benchmark submitted: the manager does not keep the code of
	// runs that have ended.
	AnnotationCodeDigest = "stratbox.dev/code-digest"
	// AnnotationEndMillis on a run of the functional suite is the time from its verdict until its Pod was gone, in
	// milliseconds. Nothing else remembers it.
	AnnotationEndMillis = "stratbox.dev/end-millis"
)

// AnnotationDecidedBy on the ConfigMap of the operator's configuration is the UID of the Benchmark whose decision was
// applied last, so that none is applied twice.
const AnnotationDecidedBy = "stratbox.dev/decided-by"

// ReasonRunDeleted excludes a pair of which somebody deleted a run before it was measured. Every other exclusion has the
// verdict of a half or a reason of package overhead.
const ReasonRunDeleted = "RunDeleted"

// MinConclusivePairs is how many valid pairs a conclusive decision rests on at least. A benchmark with fewer iterations
// is a smoke test.
const MinConclusivePairs = 20

// FunctionalTestsDone says whether every functional test has ended, and whether all of them passed.
func (s *BenchmarkStatus) FunctionalTestsDone() (done, passed bool) {
	done, passed = true, true
	for _, test := range s.FunctionalTests {
		done = done && test.Outcome != FunctionalPending
		passed = passed && test.Outcome == FunctionalPass
	}
	return done, done && passed
}
