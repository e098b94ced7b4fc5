// Package pki makes the certificates of a node: one authority, and everything that has to prove itself signed by it.
package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
)

// lifetime covers any use of a node that is thrown away by its teardown.
const lifetime = 365 * 24 * time.Hour

// Subject is one certificate to issue. A certificate with hosts serves, one without only identifies a client.
type Subject struct {
	// File is the base name of the key and certificate files.
	File string
	// User and Group are what the API server takes a client for.
	User, Group string
	// Hosts are the names and addresses a server answers on.
	Hosts []string
}

type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

// Write makes the authority (ca), a key for service-account tokens (service-account) and every subject's certificate below dir.
func Write(dir string, now time.Time, subjects []Subject) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making the certificate folder: %w", err)
	}
	ca, err := newAuthority(dir, now)
	if err != nil {
		return fmt.Errorf("making the certificate authority: %w", err)
	}
	for _, subject := range subjects {
		if err := ca.issue(dir, now, subject); err != nil {
			return fmt.Errorf("issuing the certificate %s: %w", subject.File, err)
		}
	}
	return writeServiceAccountKey(dir)
}

func newAuthority(dir string, now time.Time) (authority, error) {
	key, err := newKey(filepath.Join(dir, "ca.key"))
	if err != nil {
		return authority{}, err
	}
	template := template(now)
	template.Subject.CommonName = "stratbox-local-node"
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return authority{}, err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return authority{}, err
	}
	return authority{certificate, key}, writePEM(filepath.Join(dir, "ca.crt"), "CERTIFICATE", der, 0o644)
}

func (a authority) issue(dir string, now time.Time, subject Subject) error {
	key, err := newKey(filepath.Join(dir, subject.File+".key"))
	if err != nil {
		return err
	}
	template := template(now)
	template.Subject = pkix.Name{CommonName: subject.User}
	if subject.Group != "" {
		template.Subject.Organization = []string{subject.Group}
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	for _, host := range subject.Hosts {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		return err
	}
	return writePEM(filepath.Join(dir, subject.File+".crt"), "CERTIFICATE", der, 0o644)
}

func template(now time.Time) *x509.Certificate {
	return &x509.Certificate{
		// An hour back, for clocks that were set meanwhile.
		NotBefore: now.Add(-time.Hour),
		NotAfter:  now.Add(lifetime),
	}
}

func newKey(path string) (crypto.Signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, writePEM(path, "PRIVATE KEY", der, 0o600)
}

// writeServiceAccountKey writes both halves: the controller manager signs with one, the API server checks with the other.
func writeServiceAccountKey(dir string) error {
	key, err := newKey(filepath.Join(dir, "service-account.key"))
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	return writePEM(filepath.Join(dir, "service-account.pub"), "PUBLIC KEY", der, 0o644)
}

func writePEM(path, kind string, der []byte, mode os.FileMode) error {
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), mode); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// Pool reads the authority below dir.
func Pool(dir string) (*x509.CertPool, error) {
	text, err := os.ReadFile(filepath.Join(dir, "ca.crt"))
	if err != nil {
		return nil, fmt.Errorf("reading the certificate authority: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New("the certificate authority file holds no certificate")
	}
	return pool, nil
}
