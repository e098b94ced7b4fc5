package plugin

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/stratbox/stratbox/internal/dataset"
)

func newDatasetCommand() *cobra.Command {
	command := &cobra.Command{Use: "dataset", Short: "Make, convert and look at datasets"}
	command.AddCommand(newGenerateCommand(), newPackCommand(), newInspectCommand())
	return command
}

func newGenerateCommand() *cobra.Command {
	settings := dataset.Synthetic{}
	var last string
	command := &cobra.Command{
		Use:     "generate DIR",
		Short:   "Write a synthetic Taiwan market into a new folder",
		Example: "  kubectl stratbox dataset generate ./tw-daily --days 5000 --stocks 2000 --seed 1",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			end, err := time.Parse(time.DateOnly, last)
			if err != nil {
				return fmt.Errorf("--last: %q is not a date such as 2024-12-31", last)
			}
			settings.Last = end
			if settings.Name == "" {
				settings.Name = filepath.Base(filepath.Clean(args[0]))
			}
			digest, err := dataset.Generate(cmd.Context(), args[0], settings)
			if err != nil {
				return fmt.Errorf("generating %s: %w", args[0], err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d days x %d stocks, %s\n", args[0], settings.Days, settings.Stocks, digest)
			return err
		},
	}
	flags := command.Flags()
	flags.IntVar(&settings.Days, "days", 5000, "trading days")
	flags.IntVar(&settings.Stocks, "stocks", 2000, "stocks")
	flags.Uint64Var(&settings.Seed, "seed", 1, "the same seed gives the same dataset")
	flags.StringVar(&last, "last", "2024-12-31", "the data ends on or before this day")
	flags.StringVar(&settings.Name, "name", "", "the dataset's name (default: the folder's)")
	return command
}

func newInspectCommand() *cobra.Command {
	var verify bool
	var output string
	command := &cobra.Command{
		Use:   "inspect DIR",
		Short: "Check a dataset and show what is in it",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if output != "" && output != "json" {
				return fmt.Errorf("-o: %q is unknown; json is the only other format", output)
			}
			d, err := dataset.Open(args[0])
			if err != nil {
				return err
			}
			defer func() { err = firstError(err, d.Close()) }()
			if verify {
				if err := d.Verify(); err != nil {
					return fmt.Errorf("verifying %s: %w", args[0], err)
				}
			}
			report := newInspection(d, verify)
			if output == "json" {
				encoder := json.NewEncoder(cmd.OutOrStdout())
				encoder.SetEscapeHTML(false)
				encoder.SetIndent("", "  ")
				return encoder.Encode(report)
			}
			return report.print(cmd.OutOrStdout())
		},
	}
	command.Flags().BoolVar(&verify, "verify", false, "read every file and compare it with its checksum")
	command.Flags().StringVarP(&output, "output", "o", "", "json, or nothing for a table")
	return command
}

// inspection is what `inspect` shows. Its JSON form is for scripts.
type inspection struct {
	Name     string            `json:"name"`
	Digest   string            `json:"digest"`
	Verified bool              `json:"verified"`
	First    string            `json:"firstDay"`
	Last     string            `json:"lastDay"`
	Days     int               `json:"days"`
	Symbols  int               `json:"symbols"`
	Roles    map[string]string `json:"roles"`
	Tables   []inspectedTable  `json:"tables"`
}

type inspectedTable struct {
	Key   string        `json:"key"`
	File  string        `json:"file"`
	DType dataset.DType `json:"dtype"`
}

func newInspection(d *dataset.Dataset, verified bool) inspection {
	dates := d.Dates()
	r := inspection{
		Name: d.Name(), Digest: d.Digest(), Verified: verified, Days: len(dates), Symbols: len(d.Symbols()),
		First: dataset.FormatDay(dates[0]), Last: dataset.FormatDay(dates[len(dates)-1]), Roles: d.Manifest().Roles,
	}
	for _, key := range d.Keys() {
		f := d.Manifest().Tables[key]
		r.Tables = append(r.Tables, inspectedTable{Key: key, File: f.File, DType: f.DType})
	}
	return r
}

func (r inspection) print(out io.Writer) error {
	checked := "not verified (use --verify)"
	if r.Verified {
		checked = "every file matches its checksum"
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, err := fmt.Fprintf(w, "name\t%s\ndigest\t%s\nchecksums\t%s\ndays\t%d (%s to %s)\nsymbols\t%d\n\nTABLE\tDTYPE\tFILE\tROLE\n",
		r.Name, r.Digest, checked, r.Days, r.First, r.Last, r.Symbols)
	for _, t := range r.Tables {
		role := ""
		for _, name := range []string{dataset.RoleClose, dataset.RoleAdjClose} {
			if r.Roles[name] == t.Key {
				role += " " + name
			}
		}
		_, e := fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", t.Key, t.DType, t.File, role)
		err = firstError(err, e)
	}
	return firstError(err, w.Flush())
}

func firstError(errs ...error) error {
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		return errs[i]
	}
	return nil
}
