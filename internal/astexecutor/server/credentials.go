package server

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
)

// Files are where a mounted Secret has the executor's certificate, its key, and the token that requests must carry.
type Files struct{ Certificate, Key, Token string }

// credentials are read anew for every connection and request, so a changed Secret holds as soon as it is mounted. While
// the files cannot be read, the last good ones hold.
type credentials struct {
	files Files
	log   *slog.Logger

	mu          sync.Mutex
	certificate *tls.Certificate
	token       [sha256.Size]byte
}

// loadCredentials fails unless all files can be used.
func loadCredentials(files Files, log *slog.Logger) (*credentials, error) {
	c := &credentials{files: files, log: log}
	if err := errors.Join(c.readCertificate(), c.readToken()); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *credentials) readCertificate() error {
	certificate, err := tls.LoadX509KeyPair(c.files.Certificate, c.files.Key)
	if err != nil {
		return fmt.Errorf("read the executor's certificate: %w", err)
	}
	c.certificate = &certificate
	return nil
}

func (c *credentials) readToken() error {
	text, err := os.ReadFile(c.files.Token)
	if err != nil {
		return fmt.Errorf("read the executor's token: %w", err)
	}
	text = bytes.TrimSpace(text)
	if len(text) < minTokenBytes {
		return fmt.Errorf("read the executor's token: %s has %d bytes, at least %d are needed", c.files.Token, len(text), minTokenBytes)
	}
	c.token = sha256.Sum256(text)
	return nil
}

// minTokenBytes keeps an empty or mistyped token from opening the executor to everybody.
const minTokenBytes = 16

func (c *credentials) getCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.readCertificate(); err != nil {
		c.log.Warn("the last good certificate stays in use", "error", err)
	}
	return c.certificate, nil
}

// accepts reports whether token is the right one, in a time that does not depend on how wrong it is.
func (c *credentials) accepts(token string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.readToken(); err != nil {
		c.log.Warn("the last good token stays in use", "error", err)
	}
	given := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(given[:], c.token[:]) == 1
}
