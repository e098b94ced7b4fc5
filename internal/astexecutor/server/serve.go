package server

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/stratbox/stratbox/internal/astexecutor"
)

// Settings are everything an executor depends on.
type Settings struct {
	Engine Engine
	Files  Files
	// Parallel is how many attempts are executed at once, Queue how many more may wait.
	Parallel, Queue int
	// Keep is how many attempts that are over can still be asked for, and KeepFor how long.
	Keep    int
	KeepFor time.Duration
	// Grace is how long attempts may go on after a shutdown has begun.
	Grace  time.Duration
	Bounds Bounds
	Log    *slog.Logger
}

// Bounds are how long one request may take.
type Bounds struct {
	// Header bounds the handshake and the headers, Body the body of a submission.
	Header, Body time.Duration
	// LongPoll is how long the answer to a question is held back while the attempt is not over.
	LongPoll time.Duration
}

// DefaultBounds are what the client expects.
func DefaultBounds() Bounds {
	return Bounds{Header: 5 * time.Second, Body: 10 * time.Second, LongPoll: astexecutor.LongPoll}
}

// closing bounds what is left to do once nothing runs any more.
const closing = 5 * time.Second

// Serve answers requests on api, which it wraps in TLS, and probes of the kubelet on health until ctx ends. Then it
// takes nothing more, lets what runs go on for Grace, and returns when no process is left. It closes both listeners.
func Serve(ctx context.Context, s Settings, requests, health net.Listener) error {
	defer requests.Close()
	defer health.Close()
	secret, err := loadCredentials(s.Files, s.Log)
	if err != nil {
		return err
	}
	book := newBook(limits{parallel: s.Parallel, queue: s.Queue, keep: s.Keep, keepFor: s.KeepFor}, s.Engine.execute, time.Now)
	about := &api{boot: rand.Text(), book: book, engine: s.Engine, bounds: s.Bounds}
	var ready atomic.Bool
	ready.Store(true)
	main, probes := newServer(about.handler(secret), s), newServer(healthHandler(&ready), s)
	main.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS13, GetCertificate: secret.getCertificate}
	failed := make(chan error, 2)
	go func() { failed <- main.ServeTLS(requests, "", "") }()
	go func() { failed <- probes.Serve(health) }()
	s.Log.Info("ready", "address", requests.Addr(), "boot", about.boot, "parallel", s.Parallel, "queue", s.Queue)

	select {
	case err = <-failed:
		err = fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	ready.Store(false)
	s.Log.Info("shutting down", "grace", s.Grace)
	drain(book, s.Grace)
	last, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	if stop := errors.Join(main.Shutdown(last), probes.Shutdown(last)); stop != nil {
		err = errors.Join(err, fmt.Errorf("shut down: %w", stop), main.Close(), probes.Close())
	}
	return err
}

// drain returns when no attempt runs any more.
func drain(b *book, grace time.Duration) {
	b.close()
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-b.idle:
	case <-timer.C:
		b.interrupt()
		<-b.idle
	}
}

// newServer has a bound for everything a slow or hostile client can draw out. HTTP/2 is off, because a bound on one of its
// requests holds for all that share its connection.
func newServer(handler http.Handler, s Settings) *http.Server {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: s.Bounds.Header, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		WriteTimeout: s.Bounds.LongPoll + s.Bounds.Body + s.Bounds.Header,
		ErrorLog:     slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug), Protocols: new(http.Protocols),
	}
	server.Protocols.SetHTTP1(true)
	return server
}

// healthHandler tells the kubelet, who has no token, that the program lives and whether it takes attempts.
func healthHandler(ready *atomic.Bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if !ready.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	return mux
}
