package config

import (
	"fmt"
	"strings"
	"text/template"
	"time"

	_ "embed" // the note's layout

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
)

// StatusFileName is the key beside FileName that says why sandbox.enabled is what it is.
const StatusFileName = "STATUS.md"

// Applied is a decision as it was applied to a ConfigMap.
type Applied struct {
	// Benchmark that was decided, with the status that says so.
	Benchmark *v1alpha1.Benchmark
	// Enabled is what sandbox.enabled was set to, At when.
	Enabled bool
	At      time.Time
	// Namespace and ConfigMap are where the configuration is.
	Namespace, ConfigMap string
}

var (
	//go:embed note.md.tmpl
	noteTemplate string

	note = template.Must(template.New(StatusFileName).Funcs(template.FuncMap{"text": noteText, "seconds": noteSeconds}).Parse(noteTemplate))
)

// StatusNote is STATUS.md: for people who ask why the sandbox is on or off, what that rests on, and how to change it.
func StatusNote(applied Applied) string {
	var written strings.Builder
	if err := note.Execute(&written, applied); err != nil {
		// The layout is fixed and nil parts are left out in it, so there is nothing that could fail.
		panic(fmt.Sprintf("write %s: %v", StatusFileName, err))
	}
	return written.String()
}

// Date is when the decision was applied, to the minute.
func (a Applied) Date() string { return a.At.UTC().Format("2006-01-02 15:04") + " UTC" }

// Meaning says what follows from the decision.
func (a Applied) Meaning() string {
	switch a.Benchmark.Status.Decision {
	case v1alpha1.DecisionEnableByDefault:
		return "Runs whose mode is Auto are executed in the sandbox."
	case v1alpha1.DecisionOptional:
		return "The sandbox works and costs something worth thinking about, so it is left to you: turn it on for all runs as below, or for one with `spec.mode: Sandbox`."
	case v1alpha1.DecisionDocumentOnly:
		return "The sandbox works and costs too much to be recommended here. A run that needs it asks for it with `spec.mode: Sandbox`."
	default:
		return "The sandbox does not do here what it promises. Do not rely on it before the tests below pass."
	}
}

// Passed is how many functional tests passed.
func (a Applied) Passed() int { return len(a.Benchmark.Status.FunctionalTests) - len(a.Failed()) }

// Failed are the functional tests that did not pass.
func (a Applied) Failed() []v1alpha1.FunctionalTest {
	var failed []v1alpha1.FunctionalTest
	for _, test := range a.Benchmark.Status.FunctionalTests {
		if test.Outcome != v1alpha1.FunctionalPass {
			failed = append(failed, test)
		}
	}
	return failed
}

// Machine is the environment in rows of name and value; what is not known is left out.
func (a Applied) Machine() [][2]string {
	env := a.Benchmark.Status.Environment
	if env == nil {
		return nil
	}
	var rows [][2]string
	for _, row := range [][2]string{
		{"node", env.Node}, {"processor", env.CPUModel}, {"processors", env.CPUs}, {"architecture", env.Architecture},
		{"kernel", env.Kernel}, {"cgroups", env.CgroupVersion}, {"speculation", env.Speculation},
		{"container runtime", env.ContainerRuntime}, {"kubelet", env.Kubelet}, {"runner image", env.Image},
		{"seccomp profile", env.Profile}, {"filter", env.Policy}, {"dataset", env.Dataset}, {"manager", env.Operator},
	} {
		if row[1] != "" {
			rows = append(rows, row)
		}
	}
	return rows
}

// special is what could begin markup or end a cell of a table.
var special = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "|", `\|`, "#", `\#`, "&", `\&`)

func noteText(value any) string { return special.Replace(contract.Clean(fmt.Sprint(value))) }

func noteSeconds(millis *int64) string {
	if millis == nil {
		return "unknown"
	}
	return fmt.Sprintf("%.3f s", float64(*millis)/1000)
}
