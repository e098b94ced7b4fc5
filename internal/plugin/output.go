package plugin

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

// Formats of output.
const (
	formatText = ""
	formatJSON = "json"
	formatYAML = "yaml"
	formatName = "name"
)

// output is the flag -o of a command.
type output struct {
	format  string
	formats []string
}

// addTo gives a command the flag, with these formats beside text.
func (o *output) addTo(command *cobra.Command, formats ...string) {
	o.formats = formats
	command.Flags().StringVarP(&o.format, "output", "o", formatText, oneOf(formats)+" (default: text for people)")
	completeFlag(command, "output", formats...)
}

func (o *output) check() error {
	if o.format == formatText || slices.Contains(o.formats, o.format) {
		return nil
	}
	return fmt.Errorf("-o %s is unknown; it is %s", o.format, oneOf(o.formats))
}

func oneOf(words []string) string {
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// write writes a value for programs.
func (o *output) write(out io.Writer, value any) error {
	if o.format == formatYAML {
		text, err := yaml.Marshal(value)
		if err != nil {
			return fmt.Errorf("writing YAML: %w", err)
		}
		_, err = out.Write(text)
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// shown is a run as kubectl would show it: with its kind, which typed clients drop, and without the API server's own notes.
func shown(run *v1alpha1.StrategyRun) *v1alpha1.StrategyRun {
	run = run.DeepCopy()
	run.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("StrategyRun"))
	run.ManagedFields = nil
	return run
}

// nameOf is how kubectl names a run.
func nameOf(run *v1alpha1.StrategyRun) string {
	return "strategyrun." + v1alpha1.GroupVersion.Group + "/" + run.Name
}
