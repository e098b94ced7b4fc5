package explain

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// Violations are the denied system calls of several runs.
type Violations struct {
	// Runs is how many runs were looked at, Violating how many of them made calls that were denied, Unobserved how many
	// nobody watched to their end.
	Runs       int         `json:"runs"`
	Violating  int         `json:"violating"`
	Unobserved int         `json:"unobserved"`
	Items      []Violation `json:"items"`
}

// Violation is one system call that one run was denied.
type Violation struct {
	Namespace string     `json:"namespace"`
	Run       string     `json:"run"`
	Strategy  string     `json:"strategy"`
	Syscall   string     `json:"syscall"`
	Count     int64      `json:"count"`
	FirstTime *time.Time `json:"firstTime,omitempty"`
}

// Others is what a Violation is called that stands for all calls whose names did not fit in a run's status.
const Others = "(others)"

// Add takes the denied calls of one more run.
func (v *Violations) Add(run *v1alpha1.StrategyRun) {
	v.Runs++
	condition := apimeta.FindStatusCondition(run.Status.Conditions, v1alpha1.ConditionSecurityViolation)
	if condition != nil && condition.Reason == v1alpha1.ReasonNotObserved {
		v.Unobserved++
	}
	if ptr.Deref(run.Status.ViolationCount, 0) > 0 {
		v.Violating++
	}
	strategy := run.Spec.StrategyID
	if strategy == "" {
		strategy = run.Name
	}
	for _, denied := range run.Status.Violations {
		violation := Violation{
			Namespace: run.Namespace, Run: run.Name, Strategy: strategy, Syscall: denied.Syscall, Count: ptr.Deref(denied.Count, 0),
		}
		if denied.FirstTime != nil {
			violation.FirstTime = ptr.To(denied.FirstTime.UTC())
		}
		v.Items = append(v.Items, violation)
	}
	if dropped := ptr.Deref(run.Status.ViolationsDropped, 0); dropped > 0 {
		v.Items = append(v.Items, Violation{Namespace: run.Namespace, Run: run.Name, Strategy: strategy, Syscall: Others, Count: dropped})
	}
}

// Names are the runs with violations, each once, as kubectl names objects.
func (v Violations) Names() []string {
	var names []string
	last := ""
	for _, item := range v.Items {
		if key := item.Namespace + "/" + item.Run; key != last {
			names, last = append(names, "strategyrun.stratbox.dev/"+item.Run), key
		}
	}
	return names
}

// Write writes a table for people, with a column for the namespace if asked for. where says what was looked at.
func (v Violations) Write(out io.Writer, where string, namespaces bool) error {
	p := &page{}
	if len(v.Items) > 0 {
		p.table("", v.rows(namespaces))
		p.end("")
	}
	p.line("%s", v.summary(where))
	return p.writeTo(out)
}

// rows are a heading and a row for each item. What would be the same in every row, or say nothing, is left out.
func (v Violations) rows(namespaces bool) [][]string {
	strategies := slices.ContainsFunc(v.Items, func(item Violation) bool { return item.Strategy != item.Run })
	row := func(namespace, run, strategy string, rest ...string) []string {
		var cells []string
		if namespaces {
			cells = append(cells, namespace)
		}
		cells = append(cells, run)
		if strategies {
			cells = append(cells, strategy)
		}
		return append(cells, rest...)
	}
	rows := [][]string{row("NAMESPACE", "RUN", "STRATEGY", "SYSCALL", "COUNT", "FIRST (UTC)")}
	for _, item := range v.Items {
		first := ""
		if item.FirstTime != nil {
			first = item.FirstTime.Format(time.DateTime)
		}
		rows = append(rows, row(item.Namespace, item.Run, item.Strategy, item.Syscall, strconv.FormatInt(item.Count, 10), first))
	}
	return rows
}

func (v Violations) summary(where string) string {
	text := fmt.Sprintf("%d of %s %s made system calls that were denied", v.Violating, plural(v.Runs, "run"), where)
	if v.Violating == 0 {
		text = fmt.Sprintf("No denied system call in %s %s", plural(v.Runs, "run"), where)
	}
	if v.Unobserved > 0 {
		text += fmt.Sprintf("; nobody watched %d of them to the end (AST-only, or the Pod was lost)", v.Unobserved)
	}
	return text + "."
}

func plural(count int, noun string) string {
	if count == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", count, noun)
}
