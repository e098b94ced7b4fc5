package v1alpha1

// Labels and annotations on runs and their Pods.
const (
	// LabelRun holds the name of the StrategyRun a Pod belongs to.
	LabelRun = "stratbox.dev/run"
	// LabelAttempt holds the number of the attempt, from 0.
	LabelAttempt = "stratbox.dev/attempt"
	// LabelManagedBy is the well-known label; the manager watches only Pods where it has ManagedByValue.
	LabelManagedBy = "app.kubernetes.io/managed-by"
	// ManagedByValue is the value of LabelManagedBy.
	ManagedByValue = "stratbox"
	// LabelQueue on a run is passed on to its Pods, where Kueue reads it.
	LabelQueue = "kueue.x-k8s.io/queue-name"
	// AnnotationTask holds what the runner is to do, as JSON.
	AnnotationTask = "stratbox.dev/task"
	// AnnotationSource holds an inline strategy's code.
	AnnotationSource = "stratbox.dev/source"
	// AnnotationStartedAt holds when the attempt was started, in RFC 3339 with fractions of a second,
	// because a Pod's creation time is known to the second only.
	AnnotationStartedAt = "stratbox.dev/started-at"
	// AnnotationStartDeadline holds the attempt's start deadline in seconds, so that it stays the same
	// when the operator's configuration changes.
	AnnotationStartDeadline = "stratbox.dev/start-deadline-seconds"
)
