package reporttest

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// Evil is text that would be markup, code or another line in every format if it were not escaped. A page in which any of
// it works calls alert, loads something or has an element with the attribute data-evil.
const Evil = "</title></desc></text></svg></style></pre><script>alert('evil')</script><img src=x onerror=alert(1) data-evil>" +
	"\"' data-evil onmouseover=alert(1) x=\"{{.}}\n\n# evil\n| a | b |\n```\n[link](javascript:alert(1)) ![i](http://127.0.0.1:9/x) `code` <!-- \u2028- evil: true\r\x00\x1b[31m\u202eevil --> &lt;b&gt;"

// Hostile has such text wherever the API leaves room for any.
func Hostile() Case {
	c := Load("straddling")
	c.Name = "hostile"
	b := c.Benchmark
	b.Name, b.Namespace = Evil, Evil
	b.Spec.Dataset = Evil
	b.Spec.Baseline.Mode = v1alpha1.Mode(Evil)
	b.Spec.Parameters = map[string]string{Evil: Evil}
	b.Spec.Strategies = []v1alpha1.BenchmarkStrategy{{Name: Evil, Source: v1alpha1.StrategySource{Inline: Evil}}}
	s := &b.Status
	s.Rationale = Evil
	s.Strategies = []v1alpha1.ResolvedStrategy{{Name: Evil, Digest: Evil}}
	s.Progress.Pairs, s.Progress.Remaining = Evil, Evil
	for i := range s.Conditions {
		s.Conditions[i].Message = Evil
	}
	s.Conditions[0].Reason = Evil
	s.Conditions[2].Status, s.Conditions[2].Reason = metav1.ConditionFalse, Evil
	s.Decision = v1alpha1.Decision(Evil)
	s.FunctionalTests = []v1alpha1.FunctionalTest{{Name: Evil, Outcome: v1alpha1.FunctionalFail, Message: Evil}, {Name: "x", Outcome: v1alpha1.FunctionalOutcome(Evil)}}
	index := int32(4)
	exclusion := v1alpha1.Exclusion{Pair: &index, Mode: v1alpha1.Mode(Evil), Reason: Evil, Message: Evil}
	s.Exclusions = []v1alpha1.Exclusion{exclusion}
	s.Breakdown[0].Name = Evil
	s.Statistics.OverheadPercent = Evil
	s.Statistics.Paired = &v1alpha1.Estimate{Percent: "44.3", LowerPercent: "NaN", UpperPercent: "Inf", Interval: Evil, Confidence: Evil}
	s.Statistics.Median = &v1alpha1.Estimate{Percent: "1e308", LowerPercent: "-1e308", UpperPercent: "1e308", Confidence: "1e308"}
	s.Environment = &v1alpha1.BenchmarkEnvironment{Node: Evil, Kernel: Evil, Architecture: Evil, ContainerRuntime: Evil, Kubelet: Evil, CPUModel: Evil,
		CPUs: Evil, CgroupVersion: Evil, Speculation: Evil, Image: Evil, Profile: Evil, Policy: Evil, Dataset: Evil, Operator: Evil}
	c.Samples.Benchmark = Evil
	for i := range c.Samples.Pairs {
		pair := &c.Samples.Pairs[i]
		pair.Strategy = Evil
		pair.Sandbox.Run, pair.Sandbox.Mode, pair.Sandbox.Verdict, pair.Sandbox.Node = Evil, v1alpha1.Mode(Evil), v1alpha1.Verdict(Evil), Evil
		if pair.Excluded != nil {
			pair.Excluded = &exclusion
		}
	}
	c.Samples.Pairs[0].Sandbox.Times.Total = -5
	c.Samples.Pairs[1].Baseline.Times.Total = 1 << 62
	return c
}
