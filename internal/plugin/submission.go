package plugin

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/pflag"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

const (
	// maxSource is the API's bound on inline code, in bytes.
	maxSource = 128 << 10
	// maxName is the API's bound on a run's name.
	maxName = 60
)

var (
	modes    = []string{string(v1alpha1.ModeAuto), string(v1alpha1.ModeSandbox), string(v1alpha1.ModeASTOnly)}
	policies = []string{
		string(v1alpha1.FallbackSandboxFailure), string(v1alpha1.FallbackInfrastructureFailure), string(v1alpha1.FallbackNever),
	}
)

// submission is what the flags of submit say of the run to create.
type submission struct {
	name, strategyID, dataset, mode, fallback string
	parameters                                []string
	memory, cpu, disk                         string
	deadline, cpuTime, startDeadline, ttl     secondsValue
}

func (s *submission) addTo(flags *pflag.FlagSet) {
	flags.StringVar(&s.name, "name", "", "the run's name (default: the file's, and five characters that make it unique)")
	flags.StringVar(&s.strategyID, "strategy-id", "", "your own name for the strategy, kept in status, Events and logs (default: the file's)")
	flags.StringVar(&s.dataset, "dataset", "tw-daily", "dataset that the strategy reads")
	flags.StringVar(&s.mode, "mode", modes[0], oneOf(modes)+"; Auto is what sandbox.enabled says")
	flags.StringVar(&s.fallback, "fallback", "", oneOf(policies)+": when to execute without the sandbox after all (default: the operator's)")
	flags.StringArrayVar(&s.parameters, "param", nil, "`NAME=VALUE` that the strategy reads as params[NAME]; may be given several times")
	flags.StringVar(&s.memory, "memory", "", "memory limit, such as 2Gi (default: the operator's, as for every limit)")
	flags.StringVar(&s.cpu, "cpu", "", "CPU limit in cores, such as 1 or 500m")
	flags.StringVar(&s.disk, "disk", "", "limit of local disk, such as 1Gi")
	flags.Var(&s.deadline, "deadline", "how long the code may run, such as 90s or 5m; a number is seconds")
	flags.Var(&s.cpuTime, "cpu-time", "how much CPU time it may use")
	flags.Var(&s.startDeadline, "start-deadline", "how long its Pod may take to start")
	flags.Var(&s.ttl, "ttl", "how long the finished run is kept")
}

// secondsValue is a flag that takes 90, 90s or 5m for a number of seconds.
type secondsValue struct{ seconds *int32 }

func (v *secondsValue) Set(text string) error {
	parsed, err := time.ParseDuration(text)
	if number, e := strconv.ParseInt(text, 10, 32); e == nil {
		parsed, err = time.Duration(number)*time.Second, nil
	}
	switch {
	case err != nil:
		return errors.New("write it as 90, 90s or 5m")
	case parsed < 0 || parsed%time.Second != 0 || parsed/time.Second > math.MaxInt32:
		return errors.New("it is a whole number of seconds")
	}
	v.seconds = ptr.To(int32(parsed / time.Second))
	return nil
}

func (v *secondsValue) String() string {
	if v.seconds == nil {
		return ""
	}
	return (time.Duration(*v.seconds) * time.Second).String()
}

func (v *secondsValue) Type() string { return "duration" }

// read returns the code of a file, or what is piped in for "-".
func read(file string, in io.Reader) (string, error) {
	source, from := in, "standard input"
	if file != "-" {
		opened, err := os.Open(file)
		if err != nil {
			return "", err
		}
		defer opened.Close()
		source, from = opened, file
	}
	code, err := io.ReadAll(io.LimitReader(source, maxSource+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("reading %s: %w", from, err)
	case len(code) == 0:
		return "", fmt.Errorf("%s is empty", from)
	case len(code) > maxSource:
		return "", fmt.Errorf("%s has more than %d KiB; a strategy has no more", from, maxSource>>10)
	case !utf8.Valid(code):
		return "", fmt.Errorf("%s is not UTF-8; save it as that", from)
	}
	return string(code), nil
}

// run is the StrategyRun of a file's code. unique tells it from other runs of the same file.
func (s *submission) run(file, code, namespace, unique string) (*v1alpha1.StrategyRun, error) {
	stem := strings.TrimSuffix(filepath.Base(file), ".py")
	if file == "-" {
		stem = "strategy"
	}
	run := &v1alpha1.StrategyRun{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: "StrategyRun"},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: s.name},
		Spec: v1alpha1.StrategyRunSpec{
			StrategyID: stem, Source: v1alpha1.StrategySource{Inline: code}, Dataset: s.dataset,
			Mode: v1alpha1.Mode(s.mode), Fallback: v1alpha1.Fallback{Policy: v1alpha1.FallbackPolicy(s.fallback)},
			TTLSecondsAfterFinished: s.ttl.seconds,
		},
	}
	if s.strategyID != "" {
		run.Spec.StrategyID = s.strategyID
	}
	if run.Name == "" {
		run.Name = uniqueName(stem, unique)
	}
	if !slices.Contains(modes, s.mode) {
		return nil, fmt.Errorf("--mode %s is unknown; it is %s", s.mode, oneOf(modes))
	}
	if s.fallback != "" && !slices.Contains(policies, s.fallback) {
		return nil, fmt.Errorf("--fallback %s is unknown; it is %s", s.fallback, oneOf(policies))
	}
	var err error
	if run.Spec.Parameters, err = parametersOf(s.parameters); err != nil {
		return nil, err
	}
	run.Spec.Limits, err = s.limits()
	return run, err
}

// uniqueName is a name for an object: as much of a file's name as fits, in the characters that are allowed.
func uniqueName(stem, unique string) string {
	words := strings.FieldsFunc(strings.ToLower(stem), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	name := strings.Join(words, "-")
	name = strings.TrimRight(name[:min(len(name), maxName-len(unique)-len("-"))], "-")
	if name == "" {
		name = "strategy"
	}
	return name + "-" + unique
}

func parametersOf(pairs []string) (map[string]string, error) {
	var parameters map[string]string
	for _, pair := range pairs {
		name, value, found := strings.Cut(pair, "=")
		if !found || name == "" {
			return nil, fmt.Errorf("--param %s: write it as NAME=VALUE", pair)
		}
		if _, twice := parameters[name]; twice {
			return nil, fmt.Errorf("--param %s is given twice", name)
		}
		if parameters == nil {
			parameters = map[string]string{}
		}
		parameters[name] = value
	}
	return parameters, nil
}

func (s *submission) limits() (v1alpha1.Limits, error) {
	limits := v1alpha1.Limits{
		DeadlineSeconds: s.deadline.seconds, CPUTimeSeconds: s.cpuTime.seconds, StartDeadlineSeconds: s.startDeadline.seconds,
	}
	for _, flag := range []struct {
		name, text string
		limit      **resource.Quantity
	}{{"memory", s.memory, &limits.Memory}, {"cpu", s.cpu, &limits.CPU}, {"disk", s.disk, &limits.EphemeralStorage}} {
		if flag.text == "" {
			continue
		}
		quantity, err := resource.ParseQuantity(flag.text)
		if err != nil {
			return limits, fmt.Errorf("--%s %s is no quantity such as 2Gi, 512Mi, 1 or 500m", flag.name, flag.text)
		}
		*flag.limit = &quantity
	}
	return limits, nil
}
