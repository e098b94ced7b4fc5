package config

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/contract"
)

// MaxBytes bounds the text that Decode reads; a ConfigMap holds no more.
const MaxBytes = 1 << 20

// Decode reads learning_system.yaml onto the defaults. A field that does not exist, a field that is written twice and a
// value that is out of bounds are errors: a misspelt limit must not silently be no limit. Every mistake is reported, not the first alone.
func Decode(text []byte) (Config, error) {
	if len(text) > MaxBytes {
		return Config{}, fmt.Errorf("%s has %d bytes, at most %d are read", FileName, len(text), MaxBytes)
	}
	document, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		return Config{}, fmt.Errorf("%s is not valid YAML: %w", FileName, err)
	}
	config := Default()
	strict, err := json.UnmarshalStrict(document, &config)
	if err != nil {
		return Config{}, fmt.Errorf("%s cannot be read: %w", FileName, located(text, err))
	}
	if err := located(text, strict...); err != nil {
		return Config{}, fmt.Errorf("%s cannot be read: %w", FileName, err)
	}
	if err := config.validate(); err != nil {
		return Config{}, fmt.Errorf("%s is not valid: %w", FileName, located(text, separate(err)...))
	}
	return config, nil
}

func (c Config) validate() error {
	return errors.Join(
		c.Sandbox.Limits.validate(),
		c.Sandbox.validateCPURequest(),
		oneOf("sandbox.fallback.policy", c.Sandbox.Fallback.Policy,
			v1alpha1.FallbackSandboxFailure, v1alpha1.FallbackInfrastructureFailure, v1alpha1.FallbackNever),
		oneOf("sandbox.seccomp.type", c.Sandbox.Seccomp.Type, corev1.SeccompProfileTypeLocalhost, corev1.SeccompProfileTypeRuntimeDefault),
		oneOf("gate.mode", c.Gate.Mode, contract.GateEnforce, contract.GateReport),
		between("executor.patienceSeconds", c.Executor.PatienceSeconds, 1, 3600),
		between("executor.queueSeconds", c.Executor.QueueSeconds, 1, 86400),
		between("concurrency.maxConcurrentRuns", c.Concurrency.MaxConcurrentRuns, 1, 1000),
		between("ttl.secondsAfterFinished", c.TTL.SecondsAfterFinished, 0, 31536000),
		notEmpty("images.runner", c.Images.Runner),
		c.validateDatasets(),
	)
}

func (s Sandbox) validateCPURequest() error {
	if s.CPURequest == nil {
		return nil
	}
	return quantityBetween("sandbox.cpuRequest", *s.CPURequest, "1m", "64")
}

// validate keeps the bounds that the API has for spec.limits.
func (l Limits) validate() error {
	return errors.Join(
		quantityBetween("sandbox.limits.memory", l.Memory, "256Mi", "64Gi"),
		quantityBetween("sandbox.limits.cpu", l.CPU, "100m", "64"),
		quantityBetween("sandbox.limits.ephemeralStorage", l.EphemeralStorage, "16Mi", "64Gi"),
		between("sandbox.limits.deadlineSeconds", l.DeadlineSeconds, 1, 86400),
		between("sandbox.limits.cpuTimeSeconds", l.CPUTimeSeconds, 1, 86400),
		between("sandbox.limits.startDeadlineSeconds", l.StartDeadlineSeconds, 1, 3600),
	)
}

var datasetName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)

func (c Config) validateDatasets() error {
	var mistakes []error
	for _, name := range slices.Sorted(maps.Keys(c.Datasets)) {
		dataset, field := c.Datasets[name], "datasets."+name
		if !datasetName.MatchString(name) {
			mistakes = append(mistakes, fmt.Errorf("%s: a dataset's name has 1 to 63 lower-case letters, digits and hyphens", field))
		}
		switch {
		case (dataset.PersistentVolumeClaim == nil) == (dataset.Image == nil):
			mistakes = append(mistakes, fmt.Errorf("%s: set exactly one of persistentVolumeClaim and image", field))
		case dataset.PersistentVolumeClaim != nil:
			mistakes = append(mistakes, notEmpty(field+".persistentVolumeClaim.claimName", dataset.PersistentVolumeClaim.ClaimName))
		default:
			mistakes = append(mistakes, notEmpty(field+".image.reference", dataset.Image.Reference),
				oneOf(field+".image.pullPolicy", dataset.Image.PullPolicy, "", corev1.PullAlways, corev1.PullIfNotPresent, corev1.PullNever))
		}
	}
	return errors.Join(mistakes...)
}

func oneOf[T ~string](field string, value T, allowed ...T) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return fmt.Errorf("%s is %q, must be one of %q", field, value, allowed)
}

func between(field string, value, low, high int32) error {
	if value >= low && value <= high {
		return nil
	}
	return fmt.Errorf("%s is %d, must be between %d and %d", field, value, low, high)
}

func quantityBetween(field string, value resource.Quantity, low, high string) error {
	if value.Cmp(resource.MustParse(low)) >= 0 && value.Cmp(resource.MustParse(high)) <= 0 {
		return nil
	}
	return fmt.Errorf("%s is %s, must be between %s and %s", field, value.String(), low, high)
}

func notEmpty(field, value string) error {
	if value != "" {
		return nil
	}
	return fmt.Errorf("%s must not be empty", field)
}
