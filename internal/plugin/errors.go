package plugin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
)

// plain says an error of the API server, or of the way to it, so that a person knows what to do next.
func (c *cluster) plain(err error) error {
	var status apierrors.APIStatus
	var address *url.Error
	var unknown *net.DNSError
	switch {
	case err == nil:
		return nil
	case clientcmd.IsEmptyConfig(err):
		return errors.New("no cluster is configured; set KUBECONFIG or give --kubeconfig")
	case errors.As(err, &status):
		return plainStatus(status.Status(), err)
	case errors.As(err, &address):
		server := address.URL
		if parsed, e := url.Parse(address.URL); e == nil {
			server = parsed.Scheme + "://" + parsed.Host
		}
		switch {
		case errors.Is(err, context.Canceled):
			return errors.New("interrupted")
		case c.unconfigured():
			return errors.New("no cluster is configured; set KUBECONFIG or give --kubeconfig")
		case errors.As(err, &unknown):
			return fmt.Errorf("the cluster at %s cannot be reached: no host is named %s; is the kubeconfig the right one?", server, unknown.Name)
		case address.Timeout():
			return fmt.Errorf("the cluster at %s does not answer in time: %w", server, address.Err)
		default:
			return fmt.Errorf("the cluster at %s cannot be reached: %w; is it up, and the kubeconfig the right one?", server, address.Err)
		}
	default:
		return err
	}
}

// unconfigured: no kubeconfig names a cluster, so that kubectl's libraries have tried an address of their own.
func (c *cluster) unconfigured() bool {
	raw, err := c.flags.ToRawKubeConfigLoader().RawConfig()
	return err == nil && len(raw.Clusters) == 0 && *c.flags.APIServer == ""
}

func plainStatus(status metav1.Status, err error) error {
	kind, name := "", ""
	if status.Details != nil {
		kind, name = status.Details.Kind, status.Details.Name
	}
	switch {
	case unknownKind(status):
		return errors.New("Stratbox is not installed in this cluster, or in an older version: the API server does not know these objects")
	case status.Code == http.StatusNotFound && kind == "namespaces":
		return fmt.Errorf("there is no namespace %q; -n names another", name)
	case status.Code == http.StatusNotFound:
		return fmt.Errorf("there is no %s %q", singular(kind), name)
	case status.Code == http.StatusForbidden && status.Reason == metav1.StatusReasonForbidden:
		return fmt.Errorf("the cluster does not allow it: %s; docs/kubectl-plugin.md says which rights the plugin needs", status.Message)
	case status.Code == http.StatusUnauthorized:
		return errors.New("the cluster does not accept these credentials; log in again, or choose another --context")
	case status.Reason == metav1.StatusReasonAlreadyExists:
		return fmt.Errorf("there is a %s %q already; a run is never executed twice, so give another --name", singular(kind), name)
	case status.Reason == metav1.StatusReasonInvalid:
		return fmt.Errorf("the cluster refuses it: %s", causes(status))
	default:
		return err
	}
}

// unknownKind says whether the API server knows no such kind, as opposed to no such object.
func unknownKind(status metav1.Status) bool {
	return status.Code == http.StatusNotFound &&
		(status.Details == nil || status.Details.Name == "" || strings.Contains(status.Message, "could not find the requested resource"))
}

// valuePrefix is how the API server introduces the message of a rule: with the value, and without it.
var valuePrefix = regexp.MustCompile(`^(Invalid value|Too long|Unsupported value): (("(?:[^"\\]|\\.)*"|[^ :"]+): )?`)

// causes joins the sentences of what is invalid, without the value that was refused: it may be all of a strategy.
func causes(status metav1.Status) string {
	if status.Details == nil || len(status.Details.Causes) == 0 {
		return status.Message
	}
	var sentences []string
	for _, cause := range status.Details.Causes {
		message := valuePrefix.ReplaceAllString(cause.Message, "")
		if cause.Field != "" && cause.Field != "<nil>" && !strings.Contains(message, cause.Field) {
			message = cause.Field + ": " + message
		}
		sentences = append(sentences, message)
	}
	return strings.Join(sentences, "; ")
}

func singular(kind string) string {
	switch kind {
	case "strategyruns", "StrategyRun":
		return "StrategyRun"
	case "benchmarks", "Benchmark":
		return "Benchmark"
	case "configmaps":
		return "ConfigMap"
	default:
		return kind
	}
}
