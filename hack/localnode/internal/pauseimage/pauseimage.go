// Package pauseimage wraps the pause program into a container image, so that a node needs no registry.
package pauseimage

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// Write makes an image archive at path that holds nothing but the program.
func Write(path, image, program string) error {
	content, err := os.ReadFile(program)
	if err != nil {
		return fmt.Errorf("reading the pause program: %w", err)
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		var archive bytes.Buffer
		writer := tar.NewWriter(&archive)
		if err := writer.WriteHeader(&tar.Header{Name: "pause", Mode: 0o755, Size: int64(len(content))}); err != nil {
			return nil, err
		}
		if _, err := writer.Write(content); err != nil {
			return nil, err
		}
		return io.NopCloser(&archive), writer.Close()
	})
	if err != nil {
		return fmt.Errorf("making the pause image's layer: %w", err)
	}
	base, err := mutate.ConfigFile(empty.Image, &v1.ConfigFile{
		OS: "linux", Architecture: runtime.GOARCH, RootFS: v1.RootFS{Type: "layers"},
		Config: v1.Config{Entrypoint: []string{"/pause"}, User: "65535:65535"},
	})
	if err != nil {
		return fmt.Errorf("configuring the pause image: %w", err)
	}
	whole, err := mutate.AppendLayers(base, layer)
	if err != nil {
		return fmt.Errorf("putting the pause image together: %w", err)
	}
	tag, err := name.NewTag(image)
	if err != nil {
		return fmt.Errorf("naming the pause image: %w", err)
	}
	if err := tarball.WriteToFile(path, tag, whole); err != nil {
		return fmt.Errorf("writing the pause image: %w", err)
	}
	return nil
}
