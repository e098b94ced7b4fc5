package report

import (
	"fmt"
	"html"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
)

// manifest is a Benchmark that measures the same again.
type manifest struct {
	YAML string
	// Apart says that the strategies' code is not in it, because it is too long for a page.
	Apart bool
	// Selected says that the strategies are read from the cluster's ConfigMaps, which may have changed since.
	Selected bool
}

const (
	// maxInlinePage is how much code a page holds, counted as it is escaped.
	maxInlinePage = 48 << 10
	maxName       = 40
	again         = "-again"
)

// reproduce keeps the seed that was drawn. It applies nothing: whoever measures again decides for themselves.
func reproduce(b *v1alpha1.Benchmark) manifest {
	copied := v1alpha1.Benchmark{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: "Benchmark"},
		ObjectMeta: metav1.ObjectMeta{Name: strings.TrimRight(b.Name[:min(len(b.Name), maxName-len(again))], "-.") + again, Namespace: b.Namespace},
		Spec:       *b.Spec.DeepCopy(),
	}
	copied.Spec.Suspend, copied.Spec.Cancel = nil, nil
	copied.Spec.ApplyDecision = v1alpha1.ApplyDecisionNever
	if b.Status.Seed != nil {
		copied.Spec.Seed = b.Status.Seed
	}
	result := manifest{Selected: copied.Spec.StrategySelector != nil}
	size := 0
	for i := range copied.Spec.Strategies {
		source := &copied.Spec.Strategies[i].Source
		size += len(html.EscapeString(source.Inline))
		result.Selected = result.Selected || source.ConfigMapKeyRef != nil
	}
	if size > maxInlinePage {
		result.Apart = true
		takeApart(&copied)
	}
	document, err := yaml.Marshal(copied)
	if err != nil {
		// A Benchmark is plain data: only memory could fail here.
		document = []byte("# " + oneLine(err.Error()) + "\n")
	}
	result.YAML = preface(b) + string(document)
	return result
}

// takeApart puts references where the code was.
func takeApart(b *v1alpha1.Benchmark) {
	for i := range b.Spec.Strategies {
		strategy := &b.Spec.Strategies[i]
		if strategy.Source.Inline != "" {
			strategy.Source = v1alpha1.StrategySource{
				ConfigMapKeyRef: &v1alpha1.ConfigMapKeyReference{Name: b.Name + "-strategies", Key: strategy.Name + ".py"},
			}
		}
	}
}

// preface is what the manifest cannot say: what has to be the same for the figures to be.
func preface(b *v1alpha1.Benchmark) string {
	lines := []string{fmt.Sprintf("Measures again what %s measured: the same strategies, dataset and order.", b.Name)}
	for _, strategy := range b.Status.Strategies {
		lines = append(lines, "strategy "+strategy.Name+": "+strategy.Digest)
	}
	if e := b.Status.Environment; e != nil {
		for _, f := range []fact{{Name: "dataset " + b.Spec.Dataset, Value: e.Dataset}, {Name: "runner image", Value: e.Image},
			{Name: "seccomp profile", Value: e.Profile}, {Name: "sealed filter", Value: e.Policy}, {Name: "operator", Value: e.Operator}} {
			if f.Value != "" {
				lines = append(lines, f.Name+": "+f.Value)
			}
		}
	}
	var written strings.Builder
	for _, line := range lines {
		written.WriteString("# " + oneLine(line) + "\n")
	}
	return written.String()
}

// oneLine keeps text inside a comment or a line, and as it is read, whatever it holds.
func oneLine(text string) string { return contract.Clean(text) }

// visible leaves out what hides text or turns its direction, and keeps lines and tabs.
func visible(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		parts := strings.Split(line, "\t")
		for j, part := range parts {
			parts[j] = contract.Clean(part)
		}
		lines[i] = strings.Join(parts, "\t")
	}
	return strings.Join(lines, "\n")
}
