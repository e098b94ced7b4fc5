package executor

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// Keys of the Secret. The executor mounts the first three.
const (
	keyCertificate   = "tls.crt"
	keyPrivate       = "tls.key"
	keyToken         = "token"
	keyAuthorities   = "ca.crt"
	keyPreviousToken = "previous-token"
)

// serverName is in every certificate, so that the executor can be reached at whatever address it has, also where no name
// is resolved.
const serverName = "stratbox-executor"

const (
	validity = 365 * 24 * time.Hour
	// renewal is how long before its end a certificate is replaced.
	renewal = validity / 3
)

// issue makes a certificate, the authority that vouches for it and nothing else, and a token. What the Secret
// had before is kept beside it: the executor goes on with that until the kubelet has brought it the new one.
func issue(now time.Time, before map[string][]byte) (map[string][]byte, error) {
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the authority's key: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the certificate's key: %w", err)
	}
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "stratbox-manager"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(validity), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano() + 1), Subject: pkix.Name{CommonName: serverName}, DNSNames: []string{serverName},
		NotBefore: authority.NotBefore, NotAfter: authority.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	root, err := x509.CreateCertificate(rand.Reader, authority, authority, authorityKey.Public(), authorityKey)
	if err != nil {
		return nil, fmt.Errorf("sign the authority: %w", err)
	}
	certificate, err := x509.CreateCertificate(rand.Reader, leaf, authority, key.Public(), authorityKey)
	if err != nil {
		return nil, fmt.Errorf("sign the certificate: %w", err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode the certificate's key: %w", err)
	}
	data := map[string][]byte{
		keyCertificate: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}),
		keyPrivate:     pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
		keyToken:       []byte(rand.Text() + rand.Text()),
		keyAuthorities: append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root}), first(before[keyAuthorities])...),
	}
	if previous := before[keyToken]; len(previous) > 0 {
		data[keyPreviousToken] = previous
	}
	return data, nil
}

// first is the newest authority of a bundle, if it has any.
func first(bundle []byte) []byte {
	block, _ := pem.Decode(bundle)
	if block == nil {
		return nil
	}
	return pem.EncodeToMemory(block)
}

// credentials are what the manager needs of the Secret.
type credentials struct {
	tls             *tls.Config
	token, previous string
	// renewAt is when the certificate is to be replaced.
	renewAt time.Time
}

// read checks the Secret's content.
func read(data map[string][]byte) (credentials, error) {
	pair, err := tls.X509KeyPair(data[keyCertificate], data[keyPrivate])
	if err != nil {
		return credentials{}, fmt.Errorf("read the certificate: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(data[keyAuthorities]) {
		return credentials{}, errors.New("read the certificate's authority: there is none")
	}
	if len(data[keyToken]) < 16 {
		return credentials{}, errors.New("read the token: it has less than 16 bytes")
	}
	return credentials{
		tls:      &tls.Config{RootCAs: roots, ServerName: serverName, MinVersion: tls.VersionTLS13},
		token:    string(bytes.TrimSpace(data[keyToken])),
		previous: string(bytes.TrimSpace(data[keyPreviousToken])),
		renewAt:  pair.Leaf.NotAfter.Add(-renewal),
	}, nil
}
