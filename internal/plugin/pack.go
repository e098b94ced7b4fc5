package plugin

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/stratbox/stratbox/internal/dataset/pack"
)

func newPackCommand() *cobra.Command {
	var settings pack.Settings
	command := &cobra.Command{
		Use:   "pack SRC DIR",
		Short: "Convert a folder of CSV or Parquet files into a dataset",
		Long: "Convert a folder of CSV or Parquet files, one wide table each: the first column is the date, every other column\n" +
			"a symbol. The table's key is the file name without its ending, or what keys.json in the folder says:\n" +
			`{"close.csv": "price:收盤價"}.`,
		Example: "  kubectl stratbox dataset pack ./exports ./tw-daily --close price:收盤價 --adj-close etl:adj_close",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if settings.Name == "" {
				settings.Name = filepath.Base(filepath.Clean(args[1]))
			}
			digest, err := pack.Convert(cmd.Context(), args[0], args[1], settings)
			if err != nil {
				return fmt.Errorf("packing %s: %w", args[0], err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", args[1], digest)
			return err
		},
	}
	flags := command.Flags()
	flags.StringVar(&settings.Name, "name", "", "the dataset's name (default: the folder's)")
	flags.StringVar(&settings.Close, "close", "price:收盤價", "key of the traded price")
	flags.StringVar(&settings.AdjClose, "adj-close", "etl:adj_close", "key of the price scoring uses; may be the traded price")
	return command
}
