package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/stratbox/stratbox/hack/localnode/internal/layout"
	"github.com/stratbox/stratbox/hack/localnode/internal/render"
)

// ErrUnwell says that the status that was printed holds something that is not as it should be.
var ErrUnwell = errors.New("the node is not well")

// Status prints each component and the Node, and fails unless all is well.
func (n Node) Status(ctx context.Context, out io.Writer) error {
	made, err := n.load()
	if err != nil {
		return err
	}
	well := true
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "COMPONENT\tPID\tSTATE")
	for _, component := range render.Components(n.Layout) {
		identity, alive, err := n.identity(component)
		if err != nil {
			return err
		}
		pid, state := "-", "down"
		if alive {
			pid, state = fmt.Sprint(identity.PID), "up"
			if err := n.healthy(ctx, component, made.Bin); err != nil {
				state = "up, but not working: " + err.Error()
			}
		}
		well = well && state == "up"
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", component.Name, pid, state)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	reason := n.nodeNotReady(ctx, time.Time{})
	well = well && reason == ""
	if reason == "" {
		reason = "Ready"
	} else {
		reason = "not ready: " + reason
	}
	_, _ = fmt.Fprintf(out, "\nnode %s: %s\npods: %s\nlogs: %s\n", layout.NodeName, reason, n.pods(ctx), n.Layout.Logs())
	if !well {
		return ErrUnwell
	}
	return nil
}

func (n Node) pods(ctx context.Context) string {
	var list podList
	if err := n.api(ctx, "/api/v1/pods", &list); err != nil {
		return "unknown (" + err.Error() + ")"
	}
	phases := map[string]int{}
	for _, pod := range list.Items {
		phases[pod.Status.Phase]++
	}
	return countByPhase(phases)
}

func countByPhase(phases map[string]int) string {
	if len(phases) == 0 {
		return "none"
	}
	var parts []string
	for phase, count := range phases {
		parts = append(parts, fmt.Sprintf("%d %s", count, phase))
	}
	sort.Strings(parts)
	return strings.Join(parts, ", ")
}
