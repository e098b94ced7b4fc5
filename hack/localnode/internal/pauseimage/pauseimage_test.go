package pauseimage

import (
	"archive/tar"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

func TestTheImageHoldsTheProgramAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	program, archive := filepath.Join(dir, "program"), filepath.Join(dir, "image.tar")
	if err := os.WriteFile(program, []byte("content"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(archive, "stratbox.dev/pause:local", program); err != nil {
		t.Fatal(err)
	}
	tag, err := name.NewTag("stratbox.dev/pause:local")
	if err != nil {
		t.Fatal(err)
	}
	image, err := tarball.ImageFromPath(archive, &tag)
	if err != nil {
		t.Fatal(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if config.Config.Entrypoint[0] != "/pause" || config.Config.User != "65535:65535" || config.OS != "linux" {
		t.Errorf("configured as %+v", config.Config)
	}
	files := tar.NewReader(mutate.Extract(image))
	header, err := files.Next()
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(files)
	if err != nil {
		t.Fatal(err)
	}
	if header.Name != "pause" || header.Mode != 0o755 || string(content) != "content" {
		t.Errorf("%s, mode %o: %q", header.Name, header.Mode, content)
	}
	if _, err := files.Next(); err != io.EOF {
		t.Errorf("more than the program: %v", err)
	}
}

func TestAMissingProgramIsAnError(t *testing.T) {
	if err := Write(filepath.Join(t.TempDir(), "image.tar"), "stratbox.dev/pause:local", "/nonexistent"); err == nil {
		t.Error("wrapped a program that is not there")
	}
}
