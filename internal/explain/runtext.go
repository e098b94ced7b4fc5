package explain

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/outcome"
)

// Write writes the explanation for people.
func (r Run) Write(out io.Writer) error {
	p := &page{}
	p.line("StrategyRun %s/%s: %s", r.Namespace, r.Name, r.State)
	if r.Message != "" {
		p.line("  %s", r.Message)
	}
	p.end("")
	p.table("", r.facts())
	r.writeAdvice(p)
	r.writeEvidence(p)
	r.writeCourse(p)
	return p.writeTo(out)
}

// facts are the lines that every run has.
func (r Run) facts() [][]string {
	rows := [][]string{{"strategy", r.Strategy}, {"dataset", r.Dataset}}
	if r.Mode != "" {
		rows = append(rows, []string{"mode", r.mode()})
	}
	submitted := r.Submitted.Format(time.DateTime) + " UTC"
	if r.Ended != nil {
		submitted += fmt.Sprintf(", ended %s later", duration(r.Ended.Sub(r.Submitted).Milliseconds()))
	}
	rows = append(rows, []string{"submitted", submitted})
	if r.Blame != "" && r.Blame != string(outcome.BlameNobody) {
		rows = append(rows, []string{"blame", r.Blame})
	}
	return rows
}

// mode says behind which walls.
func (r Run) mode() string {
	switch {
	case r.Mode == v1alpha1.ModeASTOnly && r.FellBackFrom != "":
		return fmt.Sprintf("AST-only, without the sandbox: the sandboxed attempt ended as %s", r.FellBackFrom)
	case r.Mode == v1alpha1.ModeASTOnly:
		return "AST-only, without a sandbox; nobody watched its system calls"
	case r.Detection == v1alpha1.DetectionPartial || r.Detection == v1alpha1.DetectionNone:
		return fmt.Sprintf("in the sandbox, detection of denied calls: %s", strings.ToLower(string(r.Detection)))
	default:
		return "in the sandbox"
	}
}

func (r Run) writeAdvice(p *page) {
	if len(r.Advice) == 0 {
		return
	}
	p.section("What to do")
	for _, step := range r.Advice {
		p.line("  - %s", step)
	}
}

// writeEvidence writes what the code did, or would have done.
func (r Run) writeEvidence(p *page) {
	if r.Gate != nil {
		p.section(r.gateTitle())
		writeGate(p, r.Gate, r.Message)
	}
	if len(r.Violations) > 0 {
		p.section(fmt.Sprintf("System calls that were denied: %d", r.ViolationCount))
		rows := [][]string{{"SYSCALL", "COUNT", "FIRST"}}
		for _, violation := range r.Violations {
			rows = append(rows, []string{violation.Syscall, strconv.FormatInt(ptr.Deref(violation.Count, 0), 10), clock(violation)})
		}
		if r.ViolationsDropped > 0 {
			rows = append(rows, []string{Others, strconv.FormatInt(r.ViolationsDropped, 10)})
		}
		p.table("  ", rows)
	}
	if len(r.Metrics) > 0 {
		p.section("Score")
		p.table("  ", metricRows(r.Metrics))
	}
}

// gateTitle tells a refusal from what was only reported.
func (r Run) gateTitle() string {
	if r.State == string(v1alpha1.VerdictASTRejected) {
		return "What the gate found"
	}
	return "What the gate would have refused (gate.mode is Report)"
}

// writeGate writes a finding the way compilers do. What was said of it before is not said again.
func writeGate(p *page, gate *v1alpha1.GateFinding, said string) {
	line, column := ptr.Deref(gate.Line, 0), ptr.Deref(gate.Column, 0)
	where := ""
	if line > 0 {
		where = fmt.Sprintf("line %d, column %d, ", line, column)
	}
	if !strings.Contains(said, strings.TrimSuffix(gate.Message, ".")) {
		p.line("  %srule %s: %s", where, gate.Rule, gate.Message)
	}
	if gate.SourceLine == "" {
		return
	}
	number := strconv.Itoa(int(line))
	p.line("  %s | %s", number, gate.SourceLine)
	if column > 0 {
		p.line("  %s | %s^", strings.Repeat(" ", len(number)), under(gate.SourceLine, column))
	}
}

func clock(violation v1alpha1.Violation) string {
	if violation.FirstTime == nil {
		return ""
	}
	return violation.FirstTime.UTC().Format(time.DateTime) + " UTC"
}

// metricOrder is the order in which people read a score. Others follow by name.
var metricOrder = []string{"daily_sharpe", "total_return", "annual_return", "max_drawdown", "calmar", "win_rate", "turnover", "trades"}

func metricRows(metrics map[string]string) [][]string {
	names := slices.SortedFunc(maps.Keys(metrics), func(a, b string) int {
		return cmp.Or(rank(a)-rank(b), strings.Compare(a, b))
	})
	var rows [][]string
	for _, name := range names {
		rows = append(rows, []string{name, metrics[name]})
	}
	return rows
}

func rank(metric string) int {
	if i := slices.Index(metricOrder, metric); i >= 0 {
		return i
	}
	return len(metricOrder)
}

// writeCourse writes how the run went: attempts, limits, times, conditions.
func (r Run) writeCourse(p *page) {
	if len(r.Attempts) > 0 {
		p.section("Attempts")
		writeAttempts(p, r.Attempts, r.Message)
	}
	r.writeLimits(p)
	if len(r.Timings) > 0 {
		p.section("Times")
		var rows [][]string
		for _, timing := range r.Timings {
			rows = append(rows, []string{timing.Phase, duration(timing.Millis)})
		}
		p.table("  ", rows)
	}
	if len(r.Conditions) > 0 {
		p.section("Conditions")
		rows := [][]string{{"TYPE", "STATUS", "REASON"}}
		for _, condition := range r.Conditions {
			rows = append(rows, []string{condition.Type, string(condition.Status), condition.Reason})
		}
		p.table("  ", rows)
	}
}

// writeLimits writes the limits that the run names, and what was used where that was measured.
func (r Run) writeLimits(p *page) {
	rows := [][]string{{"LIMIT", "ALLOWED", "USED"}}
	for _, limit := range r.Limits {
		if limit.Allowed == "" && limit.Used == "" && !limit.Reached {
			continue
		}
		allowed, used := limit.Allowed, limit.Used
		if allowed == "" {
			allowed = "operator's default"
		}
		if limit.Reached {
			used = strings.TrimSpace(used + "  <- reached")
		}
		rows = append(rows, []string{limit.Name, allowed, used})
	}
	if len(rows) > 1 {
		p.section("Limits")
		p.table("  ", rows)
	}
}

// writeAttempts writes a row for each attempt, and beneath it its message unless the page begins with that.
func writeAttempts(p *page, attempts []v1alpha1.Attempt, said string) {
	rows := [][]string{{"#", "MODE", "END", "TOOK", "NODE", "POD"}}
	for _, attempt := range attempts {
		end := string(attempt.Verdict)
		if end == "" {
			end = "(under way)"
		}
		took := ""
		if attempt.StartTime != nil && attempt.FinishTime != nil {
			took = duration(attempt.FinishTime.Sub(attempt.StartTime.Time).Milliseconds())
		}
		rows = append(rows, []string{strconv.Itoa(int(ptr.Deref(attempt.Index, 0))), string(attempt.Mode), end, took, attempt.Node, attempt.Pod})
	}
	p.table("  ", rows)
	for _, attempt := range attempts {
		if message := outcome.WithoutAdvice(attempt.Verdict, attempt.Message); message != "" && message != said {
			p.line("  %d: %s", ptr.Deref(attempt.Index, 0), message)
		}
	}
}

// WriteVerdict writes what a person who has waited wants to see: the verdict, why, and the score or what to do.
func (r Run) WriteVerdict(out io.Writer) error {
	p := &page{}
	p.end("")
	if r.Message == "" {
		p.line("%s", r.State)
	} else {
		p.line("%s: %s", r.State, r.Message)
	}
	if r.Gate != nil {
		p.section(r.gateTitle())
		writeGate(p, r.Gate, r.Message)
	}
	if len(r.Metrics) > 0 {
		p.end("")
		p.table("  ", metricRows(r.Metrics))
	}
	r.writeAdvice(p)
	p.end("")
	if times := r.times(); times != "" {
		p.line("%s", times)
	}
	p.line("more: kubectl stratbox explain %s -n %s", r.Name, r.Namespace)
	return p.writeTo(out)
}

// notable is how long a phase takes at least to be worth a word, in milliseconds.
const notable = 100

// times is where the time went, in a line.
func (r Run) times() string {
	total := ""
	var parts []string
	for _, timing := range r.Timings {
		switch {
		case timing.Phase == "total":
			total = duration(timing.Millis)
		case timing.Millis >= notable:
			parts = append(parts, timing.Phase+" "+duration(timing.Millis))
		}
	}
	if total == "" || len(parts) == 0 {
		return ""
	}
	return fmt.Sprintf("took %s: %s", total, strings.Join(parts, ", "))
}
