package plugin

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/stratbox/stratbox/internal/explain"
)

// typed runs the plugin with a kubeconfig and returns what it says and its exit code.
func typed(t *testing.T, kubeconfig string, arguments ...string) (string, int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(file, []byte(kubeconfig), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	code := Run(t.Context(), genericiooptions.IOStreams{In: strings.NewReader("code"), Out: &out, ErrOut: &out}, "test", append(arguments, "--kubeconfig", file))
	return out.String(), code
}

func kubeconfigOf(server string) string {
	return fmt.Sprintf(`{apiVersion: v1, kind: Config, current-context: here,
clusters: [{name: here, cluster: {server: %q}}], contexts: [{name: here, context: {cluster: here}}]}`, server)
}

func TestTroubleWithTheClusterIsSaidInPlainEnglish(t *testing.T) {
	answering := func(code int, body string) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			_, _ = w.Write([]byte(body))
		}))
		t.Cleanup(server.Close)
		return kubeconfigOf(server.URL)
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		// Only when the request has been read does the server notice that nobody waits for the answer.
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	t.Cleanup(silent.Close)
	for name, test := range map[string]struct {
		kubeconfig string
		arguments  []string
		want       string
	}{
		"no cluster at all":        {"{apiVersion: v1, kind: Config}", nil, "no cluster is configured; set KUBECONFIG or give --kubeconfig"},
		"a context that is not":    {kubeconfigOf("http://x"), []string{"--context", "other"}, "context was not found for specified context: other"},
		"nobody listens":           {kubeconfigOf(gone.URL), nil, "the cluster at " + gone.URL + " cannot be reached"},
		"no such host":             {kubeconfigOf("http://nowhere.invalid"), nil, "the cluster at http://nowhere.invalid cannot be reached"},
		"another server":           {answering(404, "404 page not found"), nil, "Stratbox is not installed in this cluster"},
		"a cluster without kinds":  {answering(404, `{"kind":"Status","apiVersion":"v1","status":"Failure","code":404,"reason":"NotFound","message":"the server could not find the requested resource","details":{}}`), nil, "Stratbox is not installed in this cluster"},
		"a stranger":               {answering(401, `{"kind":"Status","apiVersion":"v1","status":"Failure","code":401,"reason":"Unauthorized","message":"Unauthorized"}`), nil, "the cluster does not accept these credentials"},
		"no rights":                {answering(403, `{"kind":"Status","apiVersion":"v1","status":"Failure","code":403,"reason":"Forbidden","message":"bob may not"}`), nil, "the cluster does not allow it: bob may not; docs/kubectl-plugin.md"},
		"a webhook that refuses":   {answering(400, `{"kind":"Status","apiVersion":"v1","status":"Failure","code":400,"reason":"BadRequest","message":"webhook says no"}`), nil, "webhook says no"},
		"an answer that is late":   {kubeconfigOf(silent.URL), []string{"--request-timeout", "1ms"}, "does not answer in time"},
		"something that is unsaid": {answering(500, "oh"), nil, "an error on the server"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, command := range [][]string{{"explain", "x"}, {"violations"}, {"report", "x"}, {"submit", "-"}} {
				said, code := typed(t, test.kubeconfig, append(command, test.arguments...)...)
				if code != explain.ExitError || !strings.HasPrefix(said, "error: ") || !strings.Contains(said, test.want) {
					t.Errorf("%v: %d, %s\nwant %q in it", command, code, said, test.want)
				}
			}
		})
	}
}

func TestWhatIsInvalidIsSaidWithoutTheValue(t *testing.T) {
	for message, want := range map[string]string{
		`Invalid value: "object": spec.limits.memory must be more`:          "spec.limits.memory must be more",
		`Invalid value: spec.limits.memory must be more`:                    "spec.limits.memory must be more",
		`Invalid value: "a \"quoted\" strategy: all of it": it is too long`: "it is too long",
		`Too long: may not be more than 131072 bytes`:                       "may not be more than 131072 bytes",
		`Unsupported value: "x": supported values: "Auto"`:                  `supported values: "Auto"`,
		`Required value`: "Required value",
	} {
		if got := valuePrefix.ReplaceAllString(message, ""); got != want {
			t.Errorf("%s: got %q, want %q", message, got, want)
		}
	}
}

func TestTheNamespaceIsThatOfFlagOrContextOrForRuns(t *testing.T) {
	config := kubeconfigOf("http://192.0.2.1")
	withNamespace := strings.Replace(config, "context: {cluster: here}", "context: {cluster: here, namespace: mine}", 1)
	asDefault := strings.Replace(config, "context: {cluster: here}", "context: {cluster: here, namespace: default}", 1)
	for name, test := range map[string]struct {
		kubeconfig, flag, want string
	}{
		"nothing says":                        {config, "", "stratbox-runs"},
		"the context says":                    {withNamespace, "", "mine"},
		"the context says that it is default": {asDefault, "", "default"},
		"the flag says":                       {withNamespace, "other", "other"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "kubeconfig")
			if err := os.WriteFile(file, []byte(test.kubeconfig), 0o600); err != nil {
				t.Fatal(err)
			}
			target := newCluster(genericiooptions.NewTestIOStreamsDiscard(), "test")
			*target.flags.KubeConfig, *target.flags.Namespace = file, test.flag
			if got, err := target.namespace(); got != test.want || err != nil {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func TestTheVersionIsPrinted(t *testing.T) {
	said, code := typed(t, "", "version")
	if code != explain.ExitScored || !strings.HasPrefix(said, "kubectl-stratbox test, stratbox.dev/v1alpha1, go") {
		t.Errorf("%d, %s", code, said)
	}
}

func TestTheHelpOfSubmitHasTheExitCodes(t *testing.T) {
	said, _ := typed(t, "", "submit", "--help")
	if !strings.Contains(said, explain.ExitText()) || strings.Contains(said, "--insecure-skip-tls-verify") {
		t.Error(said)
	}
}
