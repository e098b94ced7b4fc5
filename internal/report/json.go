package report

import (
	"encoding/json"
	"fmt"
	"io"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/internal/overhead"
)

// DocumentVersion is the version of the format of Document.
const DocumentVersion = 1

// Document is the report for programs: the Benchmark as the API server has it, without what only the API server needs,
// and all its raw samples. Percentages are decimal strings, as in the API.
type Document struct {
	Version   int                `json:"version"`
	Benchmark v1alpha1.Benchmark `json:"benchmark"`
	Samples   overhead.Samples   `json:"samples"`
}

// JSON writes a Document.
func JSON(w io.Writer, benchmark *v1alpha1.Benchmark, samples overhead.Samples) error {
	document := Document{Version: DocumentVersion, Benchmark: *benchmark, Samples: samples}
	document.Benchmark.TypeMeta = metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: "Benchmark"}
	document.Benchmark.ObjectMeta = metav1.ObjectMeta{
		Name: benchmark.Name, Namespace: benchmark.Namespace, UID: benchmark.UID, Generation: benchmark.Generation,
		CreationTimestamp: benchmark.CreationTimestamp, Labels: benchmark.Labels,
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(document); err != nil {
		return fmt.Errorf("write the report of benchmark %s: %w", benchmark.Name, err)
	}
	return nil
}
