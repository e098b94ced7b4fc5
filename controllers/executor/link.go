package executor

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/stratbox/stratbox/internal/astexecutor"
)

// Link is the way to the executor as it is now.
type Link struct{ current atomic.Pointer[Connection] }

// Connection returns the way there is now, nil if this installation has no executor.
func (l *Link) Connection() *Connection { return l.current.Load() }

func (l *Link) set(next *Connection) {
	if before := l.current.Swap(next); before != nil {
		before.close()
	}
}

// Connection speaks to one executor. While the kubelet has not brought it a new token, the one before is still good.
type Connection struct {
	current  *astexecutor.Client
	previous *astexecutor.Client
	// made of, to tell whether another is needed
	address, secretVersion string
}

func connect(address, secretVersion string, c credentials) (*Connection, error) {
	connection := &Connection{address: address, secretVersion: secretVersion}
	dial := func(token string) (*astexecutor.Client, error) {
		return astexecutor.New(astexecutor.Options{
			URL: "https://" + address, TLS: c.tls, Token: func() (string, error) { return token, nil },
		})
	}
	var err error
	if connection.current, err = dial(c.token); err != nil {
		return nil, err
	}
	if c.previous != "" {
		if connection.previous, err = dial(c.previous); err != nil {
			return nil, err
		}
	}
	return connection, nil
}

func (c *Connection) close() {
	c.current.Close()
	if c.previous != nil {
		c.previous.Close()
	}
}

// Submit hands an attempt over.
func (c *Connection) Submit(ctx context.Context, attempt astexecutor.Attempt) (astexecutor.Report, error) {
	return c.with(func(client *astexecutor.Client) (astexecutor.Report, error) { return client.Submit(ctx, attempt) })
}

// Wait asks what became of an attempt.
func (c *Connection) Wait(ctx context.Context, id astexecutor.ID) (astexecutor.Report, error) {
	return c.with(func(client *astexecutor.Client) (astexecutor.Report, error) { return client.Wait(ctx, id) })
}

// Cancel ends an attempt.
func (c *Connection) Cancel(ctx context.Context, id astexecutor.ID) (astexecutor.Report, error) {
	return c.with(func(client *astexecutor.Client) (astexecutor.Report, error) { return client.Cancel(ctx, id) })
}

func (c *Connection) with(ask func(*astexecutor.Client) (astexecutor.Report, error)) (astexecutor.Report, error) {
	report, err := ask(c.current)
	if errors.Is(err, astexecutor.ErrUnauthorized) && c.previous != nil {
		return ask(c.previous)
	}
	return report, err
}
