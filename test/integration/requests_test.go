package integration

import (
	"net/http"
	"strings"
	"sync"
)

// requests watches what a program asks of the API server on the wire, in the words of a role.
type requests struct {
	mutex sync.Mutex
	made  []request
}

// request is a verb and a resource with its group, as "get pods" or "patch strategyruns/status.stratbox.dev".
type request struct {
	verb, resource, namespace, name string
}

func (r request) String() string { return r.verb + " " + r.resource }

// wrap returns a transport that is watched.
func (r *requests) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(call *http.Request) (*http.Response, error) {
		if parsed, isResource := parse(call); isResource {
			r.mutex.Lock()
			r.made = append(r.made, parsed)
			r.mutex.Unlock()
		}
		return next.RoundTrip(call)
	})
}

// matching lists the requests so far that a condition holds for.
func (r *requests) matching(condition func(request) bool) []request {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	var found []request
	for _, made := range r.made {
		if condition(made) {
			found = append(found, made)
		}
	}
	return found
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(call *http.Request) (*http.Response, error) { return f(call) }

// parse reads the path as the API server does: /api/v1/... or /apis/GROUP/VERSION/..., then perhaps namespaces/NAME,
// then the resource, its name, its subresource.
func parse(call *http.Request) (request, bool) {
	parts := strings.Split(strings.Trim(call.URL.Path, "/"), "/")
	var parsed request
	group := ""
	switch {
	case len(parts) > 2 && parts[0] == "api":
		parts = parts[2:]
	case len(parts) > 3 && parts[0] == "apis":
		group, parts = "."+parts[1], parts[3:]
	default:
		return parsed, false
	}
	if parts[0] == "namespaces" && len(parts) > 2 {
		parsed.namespace, parts = parts[1], parts[2:]
	}
	parsed.resource = parts[0]
	if len(parts) > 1 {
		parsed.name = parts[1]
	}
	if len(parts) > 2 {
		parsed.resource += "/" + parts[2]
	}
	parsed.resource += group
	parsed.verb = verbOf(call, parsed.name != "")
	return parsed, true
}

func verbOf(call *http.Request, named bool) string {
	switch {
	case call.URL.Query().Get("watch") == "true" || call.URL.Query().Get("watch") == "1":
		return "watch"
	case call.Method == http.MethodGet && named:
		return "get"
	case call.Method == http.MethodGet:
		return "list"
	case call.Method == http.MethodPost:
		return "create"
	case call.Method == http.MethodPut:
		return "update"
	default:
		return strings.ToLower(call.Method)
	}
}
