package plugin

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/stratbox/stratbox/api/v1alpha1"
)

func newVersionCommand(version string) *cobra.Command {
	return &cobra.Command{
		Use:               "version",
		Short:             "Print the version of this plugin and of the API it speaks",
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "kubectl-stratbox %s, %s, %s %s/%s\n",
				version, v1alpha1.GroupVersion, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
