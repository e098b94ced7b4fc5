package client_test

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clienttesting "k8s.io/client-go/testing"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/client/clientset"
	"github.com/stratbox/stratbox/client/clientset/fake"
)

// cluster stands for one in the examples: whatever imports something is rejected, all else scores 1.31.
func cluster() clientset.Interface {
	clients := fake.NewSimpleClientset()
	clients.PrependReactor("create", "strategyruns", func(action clienttesting.Action) (bool, runtime.Object, error) {
		run := action.(clienttesting.CreateAction).GetObject().(*v1alpha1.StrategyRun).DeepCopy()
		verdict, message := v1alpha1.VerdictCompleted, "scored"
		if strings.HasPrefix(run.Spec.Source.Inline, "import") {
			verdict, message = v1alpha1.VerdictASTRejected, "line 1: os is out of reach"
		} else {
			run.Status.Result = &v1alpha1.Result{Metrics: map[string]string{"daily_sharpe": "1.31"}}
		}
		run.Status.Conditions = []metav1.Condition{
			{Type: v1alpha1.ConditionFinished, Status: metav1.ConditionTrue, Reason: string(verdict)},
			{Type: v1alpha1.ConditionSucceeded, Status: metav1.ConditionTrue, Reason: string(verdict), Message: message},
		}
		return true, run, nil
	})
	return clients
}
