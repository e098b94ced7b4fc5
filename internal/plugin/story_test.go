package plugin

import (
	"bytes"
	"log/slog"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/testutil"
)

var clock = regexp.MustCompile(`(?m)^ +\d+\.\ds  `)

func TestAStoryHasALineForEachChange(t *testing.T) {
	var out bytes.Buffer
	told := &story{out: &out, begin: time.Now()}
	run := testutil.MakeRun("ns", "x").Obj()
	told.learn(run)
	told.unseen()
	slog.New(&troubleHandler{story: told}).With("doing", "x").WithGroup("g").Warn("trouble", "error", "connection refused")
	slog.New(&troubleHandler{story: told}).Info("nothing")
	run.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionFinished, Status: metav1.ConditionFalse, Reason: "Running"}}
	run.Status.Attempts = []v1alpha1.Attempt{{Index: ptr.To[int32](0), Mode: v1alpha1.ModeSandbox, Pod: "x-0"}}
	told.learn(run)
	told.learn(run)
	told.unseen()
	want := "No manager has looked at the run yet; does it run? kubectl -n stratbox-system get pods\n" +
		"The cluster does not answer as it should; still trying: connection refused\n" +
		"Attempt 0, in the sandbox: Pod x-0\n"
	if diff := cmp.Diff(want, clock.ReplaceAllString(out.String(), "")); diff != "" {
		t.Error(diff)
	}
}
