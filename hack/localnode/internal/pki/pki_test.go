package pki

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var moment = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func issued(t *testing.T) (dir string, pool *x509.CertPool) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "pki")
	if err := Write(dir, moment, []Subject{
		{File: "server", User: "kube-apiserver", Hosts: []string{"10.0.0.1", "kubernetes.default.svc"}},
		{File: "client", User: "system:node:node0", Group: "system:nodes"},
	}); err != nil {
		t.Fatal(err)
	}
	pool, err := Pool(dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir, pool
}

func leaf(t *testing.T, dir, name string) *x509.Certificate {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, name+".crt"), filepath.Join(dir, name+".key"))
	if err != nil {
		t.Fatal(err)
	}
	return pair.Leaf
}

func TestAServerIsBelievedForItsHostsOnly(t *testing.T) {
	dir, pool := issued(t)
	server := leaf(t, dir, "server")
	for host, believed := range map[string]bool{"10.0.0.1": true, "kubernetes.default.svc": true, "10.0.0.2": false, "example.org": false} {
		_, err := server.Verify(x509.VerifyOptions{DNSName: host, Roots: pool, CurrentTime: moment})
		if (err == nil) != believed {
			t.Errorf("%s: %v, want believed %t", host, err, believed)
		}
	}
}

func TestAClientIsWhoTheAuthoritySays(t *testing.T) {
	dir, pool := issued(t)
	client := leaf(t, dir, "client")
	if client.Subject.CommonName != "system:node:node0" || len(client.Subject.Organization) != 1 || client.Subject.Organization[0] != "system:nodes" {
		t.Errorf("subject is %v", client.Subject)
	}
	for name, test := range map[string]struct {
		use      x509.ExtKeyUsage
		at       time.Time
		believed bool
	}{
		"as a client":               {x509.ExtKeyUsageClientAuth, moment, true},
		"as a server":               {x509.ExtKeyUsageServerAuth, moment, false},
		"an hour before":            {x509.ExtKeyUsageClientAuth, moment.Add(-time.Hour), true},
		"more than an hour ago":     {x509.ExtKeyUsageClientAuth, moment.Add(-time.Hour - time.Second), false},
		"at the end of its life":    {x509.ExtKeyUsageClientAuth, moment.Add(lifetime), true},
		"after the end of its life": {x509.ExtKeyUsageClientAuth, moment.Add(lifetime + time.Second), false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := client.Verify(x509.VerifyOptions{Roots: pool, CurrentTime: test.at, KeyUsages: []x509.ExtKeyUsage{test.use}})
			if (err == nil) != test.believed {
				t.Errorf("%v, want believed %t", err, test.believed)
			}
		})
	}
}

func TestKeysAreTheOwnersAlone(t *testing.T) {
	dir, _ := issued(t)
	for _, name := range []string{"ca.key", "server.key", "client.key", "service-account.key"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
}

func TestAPoolNeedsACertificate(t *testing.T) {
	dir := t.TempDir()
	if _, err := Pool(dir); err == nil {
		t.Error("made from a missing file")
	}
	if err := os.WriteFile(filepath.Join(dir, "ca.crt"), []byte("nothing"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Pool(dir); err == nil {
		t.Error("made from a file without a certificate")
	}
}

func TestWriteFailsWhereItCannotWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(file, "pki"), moment, nil); err == nil {
		t.Error("wrote below a file")
	}
}
