package client

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

var options = Options{
	Namespace: "loop",
	Labels:    map[string]string{"generation": "12"},
	Spec: v1alpha1.StrategyRunSpec{
		Dataset:    "tw-daily",
		Parameters: map[string]string{"window": "20"},
		Limits:     v1alpha1.Limits{Memory: ptr.To(resource.MustParse("1Gi"))},
	},
}

func TestRunForAStrategy(t *testing.T) {
	strategy := Strategy{ID: "gen12/momentum", Source: "position = data.get('price:收盤價') > 1", Name: "momentum-7"}
	run := options.runFor(strategy)
	if run.Namespace != "loop" || run.Name != "momentum-7" || run.Labels["generation"] != "12" {
		t.Errorf("metadata is %+v", run.ObjectMeta)
	}
	want := *options.Spec.DeepCopy()
	want.StrategyID, want.Source.Inline = strategy.ID, strategy.Source
	if diff := cmp.Diff(want, run.Spec); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAStrategysParametersReplaceTheCommonOnes(t *testing.T) {
	run := options.runFor(Strategy{ID: "x", Source: "x", Parameters: map[string]string{"depth": "3"}})
	if diff := cmp.Diff(map[string]string{"depth": "3"}, run.Spec.Parameters); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRunsShareNothing(t *testing.T) {
	run := options.runFor(Strategy{ID: "x", Source: "x"})
	run.Spec.Parameters["window"], run.Labels["generation"] = "changed", "changed"
	if options.Spec.Parameters["window"] != "20" || options.Labels["generation"] != "12" {
		t.Error("a run and the options share a map")
	}
}

func TestACommonSourceIsUsedByStrategiesWithoutOne(t *testing.T) {
	common := options
	common.Spec.Source.ConfigMapKeyRef = &v1alpha1.ConfigMapKeyReference{Name: "code", Key: "a.py"}
	if got := common.runFor(Strategy{ID: "x"}).Spec.Source; got.ConfigMapKeyRef == nil || got.Inline != "" {
		t.Errorf("source is %+v, want the ConfigMap's", got)
	}
	if got := common.runFor(Strategy{ID: "x", Source: "code"}).Spec.Source; got.ConfigMapKeyRef != nil || got.Inline != "code" {
		t.Errorf("source is %+v, want the strategy's", got)
	}
}

func TestStemOfAName(t *testing.T) {
	for id, want := range map[string]string{
		"momentum":               "momentum",
		"gen12/Momentum_0042.py": "gen12-momentum-0042-py",
		"--edges--":              "edges",
		"動能":                     "strategy",
		"動能 v2":                  "v2",
		"":                       "strategy",
		strings.Repeat("a", 49):  strings.Repeat("a", 49),
		strings.Repeat("a", 50):  strings.Repeat("a", 49),
		// Cut in the middle of two words, so that the blank between them would be last.
		strings.Repeat("a", 48) + " b": strings.Repeat("a", 48),
	} {
		if got := stem(id); got != want {
			t.Errorf("stem(%q) = %q, want %q", id, got, want)
		}
	}
}

func TestNameOfARun(t *testing.T) {
	strategy := Strategy{ID: strings.Repeat("long", 60), Source: "code"}
	name := options.runFor(strategy).Name
	if len(name) != 60 {
		t.Errorf("%q has %d characters; the API server accepts 60", name, len(name))
	}

	later := options
	later.Spec.TTLSecondsAfterFinished, later.Spec.Mode = ptr.To[int32](1), v1alpha1.ModeAuto
	if again := later.runFor(strategy).Name; again != name {
		t.Errorf("the same strategy is %q, then %q", name, again)
	}

	elsewhere := options
	elsewhere.Spec.Dataset = "us-daily"
	stricter := options
	stricter.Spec.Limits = v1alpha1.Limits{Memory: ptr.To(resource.MustParse("512Mi"))}
	seen := map[string]string{name: "itself"}
	for what, other := range map[string]string{
		"other code":       options.runFor(Strategy{ID: strategy.ID, Source: "other"}).Name,
		"other parameters": options.runFor(Strategy{ID: strategy.ID, Source: "code", Parameters: map[string]string{"a": "1"}}).Name,
		"another dataset":  elsewhere.runFor(strategy).Name,
		"other limits":     stricter.runFor(strategy).Name,
	} {
		if twin, taken := seen[other]; taken {
			t.Errorf("%s gives the same name as %s: %s", what, twin, other)
		}
		seen[other] = what
	}
}

func TestDifferencesOfSpecs(t *testing.T) {
	base := v1alpha1.StrategyRunSpec{
		StrategyID: "a", Dataset: "tw-daily", Source: v1alpha1.StrategySource{Inline: "x"},
		Limits: v1alpha1.Limits{Memory: ptr.To(resource.MustParse("2Gi"))},
	}
	for name, test := range map[string]struct {
		change func(*v1alpha1.StrategyRunSpec)
		want   []string
	}{
		"nothing":                          {func(*v1alpha1.StrategyRunSpec) {}, nil},
		"a default that was filled in":     {func(s *v1alpha1.StrategyRunSpec) { s.Mode = v1alpha1.ModeAuto }, nil},
		"a quantity written in other ways": {func(s *v1alpha1.StrategyRunSpec) { s.Limits.Memory = ptr.To(resource.MustParse("2048Mi")) }, nil},
		"what may change later": {func(s *v1alpha1.StrategyRunSpec) {
			s.Cancel, s.Suspend, s.TTLSecondsAfterFinished = ptr.To(true), ptr.To(true), ptr.To[int32](1)
		}, nil},
		"the strategyID": {func(s *v1alpha1.StrategyRunSpec) { s.StrategyID = "b" }, []string{"spec.strategyID"}},
		"the mode":       {func(s *v1alpha1.StrategyRunSpec) { s.Mode = v1alpha1.ModeASTOnly }, []string{"spec.mode"}},
		"a limit": {func(s *v1alpha1.StrategyRunSpec) {
			s.Limits = v1alpha1.Limits{Memory: ptr.To(resource.MustParse("1Gi"))}
		}, []string{"spec.limits"}},
		"the policy": {func(s *v1alpha1.StrategyRunSpec) { s.Fallback.Policy = v1alpha1.FallbackNever }, []string{"spec.fallback"}},
		"code and data": {func(s *v1alpha1.StrategyRunSpec) {
			s.Source.Inline, s.Dataset, s.Parameters = "y", "us-daily", map[string]string{"a": "1"}
		}, []string{"spec.source", "spec.dataset", "spec.parameters"}},
	} {
		t.Run(name, func(t *testing.T) {
			found := *base.DeepCopy()
			test.change(&found)
			if diff := cmp.Diff(test.want, differences(base, found)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestDifferencesKnowEveryField(t *testing.T) {
	changeable := []string{"suspend", "cancel", "ttlSecondsAfterFinished"}
	// No two fields of these specs are the same.
	var other v1alpha1.StrategyRunSpec
	filled := reflect.ValueOf(&other).Elem()
	var want []string
	for i := range filled.NumField() {
		name, _, _ := strings.Cut(filled.Type().Field(i).Tag.Get("json"), ",")
		if !slices.Contains(changeable, name) {
			want = append(want, "spec."+name)
		}
	}
	other = v1alpha1.StrategyRunSpec{
		StrategyID: "b", Dataset: "us-daily", Source: v1alpha1.StrategySource{Inline: "y"}, Mode: v1alpha1.ModeSandbox,
		Parameters: map[string]string{"a": "1"}, Limits: v1alpha1.Limits{CPU: ptr.To(resource.MustParse("2"))},
		Fallback: v1alpha1.Fallback{Policy: v1alpha1.FallbackNever},
	}
	got := differences(v1alpha1.StrategyRunSpec{}, other)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a field was added that may make two runs different: -want +got:\n%s", diff)
	}
}
