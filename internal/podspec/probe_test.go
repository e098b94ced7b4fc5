package podspec_test

import (
	"testing"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/config"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/functional"
	"github.com/stratbox/stratbox/internal/podspec"
)

func probe(t *testing.T) string {
	t.Helper()
	for _, batch := range functional.Batches() {
		for _, run := range batch {
			if functional.IsProbe(run.Source) {
				return run.Source
			}
		}
	}
	t.Fatal("the suite has no probe")
	return ""
}

func TestOnlyProbesInTheSandboxAreLetPastTheGate(t *testing.T) {
	source := probe(t)
	inline := func(mode v1alpha1.Mode, code string) *v1alpha1.StrategyRun {
		obj := run().Mode(mode).Obj()
		obj.Spec.Source.Inline = code
		return obj
	}
	for name, test := range map[string]struct {
		run  *v1alpha1.StrategyRun
		want contract.GateMode
	}{
		"a probe in the sandbox":                     {inline(v1alpha1.ModeSandbox, source), contract.GateReport},
		"a probe wherever the configuration says":    {inline(v1alpha1.ModeAuto, source), contract.GateEnforce},
		"a probe where there is no sandbox":          {inline(v1alpha1.ModeASTOnly, source), contract.GateEnforce},
		"a probe with a byte more":                   {inline(v1alpha1.ModeSandbox, source+"\n"), contract.GateEnforce},
		"a probe with a byte less":                   {inline(v1alpha1.ModeSandbox, source[1:]), contract.GateEnforce},
		"a probe with something before it":           {inline(v1alpha1.ModeSandbox, " "+source), contract.GateEnforce},
		"any other code":                             {inline(v1alpha1.ModeSandbox, "import os"), contract.GateEnforce},
		"code that is kept elsewhere and may change": {run().Mode(v1alpha1.ModeSandbox).ConfigMap("strategies", "main.py").Obj(), contract.GateEnforce},
	} {
		t.Run(name, func(t *testing.T) {
			pod, err := podspec.Build(test.run, 0, settings(), started)
			if err != nil {
				t.Fatal(err)
			}
			task, err := contract.DecodeTask([]byte(pod.Annotations[v1alpha1.AnnotationTask]))
			if err != nil {
				t.Fatal(err)
			}
			if task.GateMode != test.want {
				t.Errorf("gate mode %s, want %s", task.GateMode, test.want)
			}
		})
	}
}

func TestAProbeThatIsNotSandboxedFindsTheConfiguredGate(t *testing.T) {
	obj := run().Mode(v1alpha1.ModeSandbox).Obj()
	obj.Spec.Source.Inline = probe(t)
	if task := podspec.Task(obj, 1, config.Default()); task.GateMode != contract.GateEnforce {
		t.Errorf("gate mode %s, want %s", task.GateMode, contract.GateEnforce)
	}
}
