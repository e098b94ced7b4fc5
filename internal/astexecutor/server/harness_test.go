package server

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stratbox/stratbox/internal/astexecutor"
	"github.com/stratbox/stratbox/internal/contract"
	"github.com/stratbox/stratbox/internal/dataset"
	"github.com/stratbox/stratbox/internal/supervise"
)

// The fixture's dataset, generated once: its first day and one of its stocks.
const (
	fixtureDay   = 19000
	fixtureStock = "2330"
	fixtureName  = "tw-daily"
)

var fixture = sync.OnceValues(func() (string, error) {
	root, err := os.MkdirTemp("", "stratbox-datasets-")
	if err != nil {
		return "", err
	}
	_, err = dataset.Generate(context.Background(), filepath.Join(root, fixtureName), dataset.Synthetic{Name: fixtureName, Days: 800, Stocks: 20, Seed: 1})
	return root, err
})

// serverName is in the certificate; the address the server has is not.
const serverName = "stratbox-executor"

// secret is a Secret as it is mounted.
type secret struct {
	dir   string
	token string
	roots *x509.CertPool
}

func (s *secret) files() Files {
	return Files{Certificate: filepath.Join(s.dir, "tls.crt"), Key: filepath.Join(s.dir, "tls.key"), Token: filepath.Join(s.dir, "token")}
}

// rotate writes a new certificate and token.
func (s *secret) rotate(t testing.TB) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: serverName}, DNSNames: []string{serverName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	s.token, s.roots = rand.Text(), x509.NewCertPool()
	s.roots.AppendCertsFromPEM(certificate)
	f := s.files()
	s.write(t, f.Certificate, certificate)
	s.write(t, f.Key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	s.write(t, f.Token, []byte(s.token+"\n"))
}

func (s *secret) write(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// lockedBuffer collects output from several goroutines; lines receives each write.
type lockedBuffer struct {
	mu    sync.Mutex
	b     bytes.Buffer
	lines chan string
}

func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.lines <- string(b):
	default:
	}
	return l.b.Write(b)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// executor is a running server.
type executor struct {
	secret  *secret
	url     string
	health  string
	output  *lockedBuffer
	client  *astexecutor.Client
	stop    context.CancelFunc
	stopped chan error
}

// start runs a server on ports of its own until the test ends.
func start(t testing.TB, change ...func(*Settings)) *executor {
	t.Helper()
	data, err := fixture()
	if err != nil {
		t.Fatal(err)
	}
	x := &executor{secret: &secret{dir: t.TempDir()}, output: &lockedBuffer{lines: make(chan string, 64)}, stopped: make(chan error, 1)}
	x.secret.rotate(t)
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	settings := Settings{
		Engine: Engine{
			DataDir: data, Command: func(string, contract.Task) (command, env []string) { return childCommand() },
			Readable: []string{filepath.Dir(binary), "/usr", "/lib", "/lib64"}, MaxMemoryBytes: 64 << 20, CgroupDir: t.TempDir(), Output: x.output, Log: log,
			Allowances: supervise.Allowances{Start: 20 * time.Second, Gate: 20 * time.Second, End: 20 * time.Second},
		},
		Files: x.secret.files(), Parallel: 2, Queue: 8, Keep: 256, KeepFor: time.Hour, Grace: time.Minute, Bounds: DefaultBounds(), Log: log,
	}
	for _, c := range change {
		c(&settings)
	}
	requests, health := listen(t), listen(t)
	x.url, x.health = "https://"+requests.Addr().String(), "http://"+health.Addr().String()
	var ctx context.Context
	ctx, x.stop = context.WithCancel(context.Background())
	go func() {
		x.stopped <- Serve(ctx, settings, requests, health)
		close(x.stopped)
	}()
	t.Cleanup(func() {
		x.stop()
		if err := <-x.stopped; err != nil {
			t.Error(err)
		}
	})
	x.client = x.newClient(t)
	return x
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// newClient makes a client with the secret as it is now.
func (x *executor) newClient(t testing.TB) *astexecutor.Client {
	t.Helper()
	token := x.secret.token
	client, err := astexecutor.New(astexecutor.Options{
		URL: x.url, TLS: &tls.Config{RootCAs: x.secret.roots, ServerName: serverName}, Token: func() (string, error) { return token, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// raw is an HTTP client that trusts the server and has no token of its own.
func (x *executor) raw(t testing.TB) *http.Client {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: x.secret.roots, ServerName: serverName}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// attempt is one that the executor takes.
func attempt(run, script string) astexecutor.Attempt {
	return astexecutor.Attempt{
		Task: contract.Task{
			Version: contract.TaskVersion, Namespace: "team", Run: "run-" + run, RunUID: run, StrategyID: run, Attempt: 1, Dataset: fixtureName,
			GateMode: contract.GateEnforce, Threads: 1, DeadlineMillis: 60000, CPUMillis: 60000,
		},
		Source: []byte(script + "\n"), MemoryBytes: 1 << 30,
	}
}

// submit hands the attempt over.
func (x *executor) submit(t testing.TB, a astexecutor.Attempt) astexecutor.Report {
	t.Helper()
	report, err := x.client.Submit(context.Background(), a)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// result waits until the attempt is over.
func (x *executor) result(t testing.TB, a astexecutor.Attempt) astexecutor.Report {
	t.Helper()
	for {
		report, err := x.client.Wait(context.Background(), a.ID())
		if err != nil {
			t.Error(err)
			return report
		}
		if report.State.Over() {
			return report
		}
	}
}

// is reports whether err is of type E.
func is[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}
