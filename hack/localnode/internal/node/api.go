package node

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/stratbox/stratbox/hack/localnode/internal/layout"
	"github.com/stratbox/stratbox/hack/localnode/internal/network"
	"github.com/stratbox/stratbox/hack/localnode/internal/pki"
)

// probe asks a component, from inside the node's network, whether it works. Which certificate it shows does not matter there:
// the controller manager and the scheduler sign their own.
func (n Node) probe(ctx context.Context, url string) error {
	client := http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, kind, address string) (net.Conn, error) {
			return network.Dial(ctx, n.Layout, kind, address)
		},
		// Loopback, and nothing secret is sent or believed.
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		DisableKeepAlives: true,
	}}
	_, err := get(ctx, &client, url)
	return err
}

// api reads an object from the API server as the administrator.
func (n Node) api(ctx context.Context, path string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	pool, err := pki.Pool(filepath.Dir(n.Layout.PKI("ca.crt")))
	if err != nil {
		return err
	}
	own, err := tls.LoadX509KeyPair(n.Layout.PKI("admin.crt"), n.Layout.PKI("admin.key"))
	if err != nil {
		return fmt.Errorf("reading the administrator's certificate: %w", err)
	}
	client := http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS13},
		DisableKeepAlives: true,
	}}
	body, err := get(ctx, &client, n.Layout.APIServer()+path)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

func get(ctx context.Context, client *http.Client, url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s", url, response.Status)
	}
	return body, nil
}

// nodeObject and podList are the few fields that are read of the API's objects.
type nodeObject struct {
	Status struct {
		Conditions []condition `json:"conditions"`
	} `json:"status"`
}

type condition struct {
	Type              string    `json:"type"`
	Status            string    `json:"status"`
	Message           string    `json:"message"`
	LastHeartbeatTime time.Time `json:"lastHeartbeatTime"`
}

type podList struct {
	Items []struct {
		Status struct {
			Phase string `json:"phase"`
		} `json:"status"`
	} `json:"items"`
}

// notReady is empty when the Node object says since then that it is ready, and else says why not.
// What it said earlier may be from before the kubelet ended.
func (o nodeObject) notReady(since time.Time) string {
	for _, condition := range o.Status.Conditions {
		if condition.Type != "Ready" {
			continue
		}
		// The API keeps whole seconds.
		if condition.LastHeartbeatTime.Before(since.Truncate(time.Second)) {
			return "the kubelet has not reported since it was started"
		}
		if condition.Status == "True" {
			return ""
		}
		return condition.Message
	}
	return "the kubelet has not reported its state yet"
}

// nodeNotReady is empty when the Node's kubelet has said since then that it is ready, and else says why not.
func (n Node) nodeNotReady(ctx context.Context, since time.Time) string {
	var object nodeObject
	if err := n.api(ctx, "/api/v1/nodes/"+layout.NodeName, &object); err != nil {
		return err.Error()
	}
	return object.notReady(since)
}
