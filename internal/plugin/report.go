package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
	"github.com/stratbox/stratbox/internal/report"
)

// Formats of reports. JSON is another.
const (
	formatHTML     = "html"
	formatMarkdown = "md"
	formatBenchfmt = "benchfmt"
)

var writers = map[string]func(io.Writer, *v1alpha1.Benchmark, overhead.Samples) error{
	formatHTML: report.HTML, formatMarkdown: report.Markdown, formatJSON: report.JSON, formatBenchfmt: report.Benchfmt,
}

func newReportCommand(target *cluster) *cobra.Command {
	format := output{}
	file := ""
	command := &cobra.Command{
		Use:   "report NAME",
		Short: "Write the report of a benchmark",
		Long: "Write the report of a benchmark: one HTML file that opens without a network, NAME.html in the current folder unless -f says\n" +
			"otherwise; or Markdown, JSON with every sample, or Go's benchmark format for benchstat, on standard output.",
		Example: "  kubectl stratbox report validation\n  kubectl stratbox report validation -o benchfmt | benchstat -col /mode -",
		Args:    oneName("report", "a benchmark"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := format.check(); err != nil {
				return err
			}
			name, err := nameOfKind(args[0], kindBenchmark)
			if err != nil {
				return err
			}
			if format.format == formatHTML && file == "" {
				file = name + ".html"
			}
			benchmark, samples, err := target.measured(cmd.Context(), name)
			if err != nil {
				return err
			}
			write := func(out io.Writer) error { return writers[format.format](out, benchmark, *samples) }
			if file == "" || file == "-" {
				return write(target.streams.Out)
			}
			if err := writeFile(file, write); err != nil {
				return err
			}
			fmt.Fprintf(target.streams.ErrOut, "the report of benchmark %s is in %s\n", benchmark.Name, file)
			return nil
		},
	}
	format.addTo(command, formatHTML, formatMarkdown, formatJSON, formatBenchfmt)
	flag := command.Flags().Lookup("output")
	flag.DefValue, flag.Usage, format.format = formatHTML, oneOf(format.formats), formatHTML
	command.Flags().StringVarP(&file, "file", "f", "", "write into this file; - is standard output")
	command.ValidArgsFunction = target.completeNames(listBenchmarks)
	return command
}

// measured reads a benchmark and its raw samples. Before the first pair there are none.
func (c *cluster) measured(ctx context.Context, name string) (*v1alpha1.Benchmark, *overhead.Samples, error) {
	clients, namespace, err := c.connect()
	if err != nil {
		return nil, nil, err
	}
	benchmark, err := clients.StratboxV1alpha1().Benchmarks(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, nil, c.plainIn(namespace, err)
	}
	benchmark.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(kindBenchmark))
	source := benchmark.Status.SamplesConfigMap
	if source == "" {
		return benchmark, &overhead.Samples{Version: overhead.SamplesVersion, Benchmark: name, Pairs: []overhead.Pair{}}, nil
	}
	core, err := c.core()
	if err != nil {
		return nil, nil, err
	}
	stored, err := core.ConfigMaps(namespace).Get(ctx, source, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil, fmt.Errorf("the ConfigMap %s with the samples of benchmark %s is gone; the summary is left: kubectl stratbox explain bench/%s -n %s",
			source, name, name, namespace)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("reading the samples: %w", c.plain(err))
	}
	samples, err := overhead.Decode(stored.Data, stored.BinaryData)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the samples in ConfigMap %s: %w", source, err)
	}
	return benchmark, samples, nil
}

// writeFile replaces a file as a whole or leaves it alone.
func writeFile(name string, write func(io.Writer) error) (err error) {
	file, err := os.CreateTemp(filepath.Dir(name), ".report-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	if err := errors.Join(write(file), file.Chmod(0o644), file.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	if err := os.Rename(file.Name(), name); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}
