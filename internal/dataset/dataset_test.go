package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	closeKey = "price:收盤價"
	otherKey = "etl:adj_close"
)

// small writes a dataset of 3 days x 2 symbols and returns its folder.
func small(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "small")
	w, err := Create(dir, Layout{
		Name: "small", Dates: []int32{10, 11, 14}, Symbols: []string{"1101", "2330"}, Keys: []string{closeKey, otherKey},
		Roles: map[string]string{RoleClose: closeKey, RoleAdjClose: otherKey},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		for row := range 3 {
			if err := w.Append(i, []float64{float64(i*100 + row), math.NaN()}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := w.Finish(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestADatasetIsReadBackAsItWasWritten(t *testing.T) {
	d, err := Open(small(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	if diff := cmp.Diff([]int32{10, 11, 14}, d.Dates()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"1101", "2330"}, d.Symbols()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{otherKey, closeKey}, d.Keys()); diff != "" {
		t.Error(diff)
	}
	adj, err := d.Role(RoleAdjClose)
	if err != nil {
		t.Fatal(err)
	}
	if adj.Key() != otherKey || adj.DType() != Float64 || adj.Row(1)[0] != 101 || !math.IsNaN(adj.Row(2)[1]) || len(adj.Float64s()) != 6 {
		t.Errorf("adjClose is %v %v %v", adj.Key(), adj.DType(), adj.Float64s())
	}
	if _, err := d.Table("nope"); err == nil || !strings.Contains(err.Error(), `no table "nope"`) {
		t.Errorf("unknown table: %v", err)
	}
	if _, err := d.Role("open"); err == nil || !strings.Contains(err.Error(), `no role "open"`) {
		t.Errorf("unknown role: %v", err)
	}
	if d.Name() != "small" || !strings.HasPrefix(d.Digest(), "sha256:") || d.Manifest().Format != Format {
		t.Errorf("name %q, digest %q", d.Name(), d.Digest())
	}
	if err := d.Verify(); err != nil {
		t.Error(err)
	}
	if err := errors.Join(d.Close(), d.Close()); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

func TestFilesCanBeReadByTheSandbox(t *testing.T) {
	before := syscall.Umask(0o077)
	defer syscall.Umask(before)
	dir := small(t)
	for _, name := range []string{".", ManifestFile, "dates.npy", "table-000.npy"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o044 != 0o044 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
}

// rewrite changes the manifest and, unless the change sets a digest itself, seals it again.
func rewrite(t testing.TB, dir string, change func(*Manifest)) {
	t.Helper()
	path := filepath.Join(dir, ManifestFile)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var m Manifest
	if err := json.Unmarshal(content, &m); err != nil {
		t.Fatal(err)
	}
	before := m.Digest
	change(&m)
	if m.Digest == before {
		m.Digest = m.computeDigest()
	}
	if content, err = json.Marshal(m); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func put(t testing.TB, dir, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func table(change func(*File)) func(testing.TB, string) {
	return func(t testing.TB, dir string) {
		rewrite(t, dir, func(m *Manifest) {
			f := m.Tables[closeKey]
			change(&f)
			m.Tables[closeKey] = f
		})
	}
}

func manifest(change func(*Manifest)) func(testing.TB, string) {
	return func(t testing.TB, dir string) { rewrite(t, dir, change) }
}

func content(name, text string) func(testing.TB, string) {
	return func(t testing.TB, dir string) { put(t, dir, name, []byte(text)) }
}

func days(values ...int32) string {
	return string(npyHeaderBytes(Int32, int64(len(values)))) + string(bytesOf(values))
}

// tableFile is table-000.npy with another header dictionary.
func tableFile(dict string) string {
	header := "\x93NUMPY\x01\x00" + string([]byte{byte(len(dict)), byte(len(dict) >> 8)}) + dict
	return header + strings.Repeat("\x00", 48)
}

func TestAWrongDatasetIsAnErrorThatNamesTheFile(t *testing.T) {
	const good = "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }"
	pad := strings.Repeat(" ", 128-10-len(good))
	for name, c := range map[string]struct {
		spoil   func(testing.TB, string)
		message string
	}{
		"no manifest":                {func(_ testing.TB, dir string) { _ = os.Remove(filepath.Join(dir, ManifestFile)) }, "manifest.json"},
		"a manifest that is no JSON": {content(ManifestFile, "{"), "reading manifest.json"},
		"two manifests in one": {func(t testing.TB, dir string) {
			b, _ := os.ReadFile(filepath.Join(dir, ManifestFile))
			put(t, dir, ManifestFile, append(b, b...))
		}, "more content"},
		"unknown fields":              {content(ManifestFile, `{"formt": "x"}`), `unknown field "formt"`},
		"a manifest that is not text": {content(ManifestFile, "{\"format\": \"\xff\"}"), "not valid UTF-8"},
		"an oversized manifest":       {content(ManifestFile, strings.Repeat(" ", maxManifestBytes+1)), "the limit is"},
		"another format":              {manifest(func(m *Manifest) { m.Format = "x" }), `format is "x"`},
		"a changed manifest":          {manifest(func(m *Manifest) { m.Digest = "sha256:0" }), "was changed after"},
		"no name":                     {manifest(func(m *Manifest) { m.Name = "" }), "name is empty"},
		"a name with a line break":    {manifest(func(m *Manifest) { m.Name = "a\nb" }), "cannot be printed"},
		"a name with a space behind":  {manifest(func(m *Manifest) { m.Name = "a " }), "begins or ends with a space"},
		"a very long name":            {manifest(func(m *Manifest) { m.Name = strings.Repeat("名", 201) }), "longer than 200"},
		"no symbols":                  {manifest(func(m *Manifest) { m.Symbols = nil }), "0 symbols"},
		"an empty symbol":             {manifest(func(m *Manifest) { m.Symbols[1] = "" }), "symbol 1 is empty"},
		"a symbol twice":              {manifest(func(m *Manifest) { m.Symbols[1] = m.Symbols[0] }), `symbol "1101" appears twice`},
		"no dates":                    {manifest(func(m *Manifest) { m.Dates.Shape = nil }), "dates: shape is []"},
		"absurdly many dates":         {manifest(func(m *Manifest) { m.Dates.Shape = []int64{1 << 60} }), "dates: shape is"},
		"dates that are fractions":    {manifest(func(m *Manifest) { m.Dates.DType = Float64 }), `dates: dtype is "f8"`},
		"dates in another folder":     {manifest(func(m *Manifest) { m.Dates.File = "../dates.npy" }), "not allowed"},
		"no tables":                   {manifest(func(m *Manifest) { m.Tables = nil }), "0 tables"},
		"a table without a name":      {manifest(func(m *Manifest) { m.Tables[""] = m.Tables[closeKey] }), "table key is empty"},
		"an absolute file name":       {table(func(f *File) { f.File = "/etc/passwd.npy" }), "not allowed"},
		"a hidden file":               {table(func(f *File) { f.File = ".npy" }), "not allowed"},
		"a file of two tables":        {table(func(f *File) { f.File = "table-001.npy" }), "already belongs to"},
		"no checksum":                 {table(func(f *File) { f.SHA256 = "" }), "sha256 is"},
		"an unknown dtype":            {table(func(f *File) { f.DType = "O8" }), `dtype is "O8"`},
		"a dtype for dates only":      {table(func(f *File) { f.DType = Int32 }), `dtype is "i4"`},
		"another shape":               {table(func(f *File) { f.Shape = []int64{2, 3} }), "shape is [2 3], expected [3 2]"},
		"a negative shape":            {table(func(f *File) { f.Shape = []int64{-3, -2} }), "shape is [-3 -2]"},
		"a missing role":              {manifest(func(m *Manifest) { delete(m.Roles, RoleClose) }), "close is missing"},
		"an unknown role":             {manifest(func(m *Manifest) { m.Roles["open"] = closeKey }), `"open" is unknown`},
		"a role without a table":      {manifest(func(m *Manifest) { m.Roles[RoleClose] = "x" }), `names table "x"`},
		"a price that is a flag":      {table(func(f *File) { f.DType = Bool }), "prices must be f8"},
		"a missing table":             {func(_ testing.TB, dir string) { _ = os.Remove(filepath.Join(dir, "table-000.npy")) }, "table-000.npy"},
		"a missing dates file":        {func(_ testing.TB, dir string) { _ = os.Remove(filepath.Join(dir, "dates.npy")) }, "dates.npy"},
		"dates twice":                 {content("dates.npy", days(10, 10, 14)), "dates.npy: date 1 (1970-01-11) does not come after"},
		"dates that fall":             {content("dates.npy", days(10, 9, 14)), "does not come after"},
		"too few dates":               {content("dates.npy", days(10, 14)), "dates.npy has shape [2]"},
		"an empty file":               {content("table-000.npy", ""), "table-000.npy"},
		"no .npy file":                {content("table-000.npy", strings.Repeat("x", 200)), "table-000.npy not a .npy file"},
		"an unknown .npy version":     {content("table-000.npy", "\x93NUMPY\x07\x00"+strings.Repeat(" ", 200)), "version 7.0 is unknown"},
		"a header that is cut off":    {content("table-000.npy", "\x93NUMPY\x01\x00\xff\x00{"), "cut off"},
		"a long header cut off":       {content("table-000.npy", "\x93NUMPY\x02\x00\xff\x00"), "cut off"},
		"a short prefix cut off":      {content("table-000.npy", "\x93NUMPY\x02\x00\xff\x00\x00"), "cut off"},
		"an endless header":           {content("table-000.npy", "\x93NUMPY\x02\x00\xff\xff\xff\xff"+strings.Repeat(" ", 200)), "the limit is"},
		"a header that is no dict":    {content("table-000.npy", tableFile("[]")), "no dictionary"},
		"a dict that does not end":    {content("table-000.npy", tableFile("{'descr': '<f8'")), "does not end"},
		"a key twice":                 {content("table-000.npy", tableFile("{'descr': '<f8', 'descr': '<f8'}")), "once"},
		"an unknown key":              {content("table-000.npy", tableFile("{'x': 1}")), `value of "x" is not allowed`},
		"an unquoted key":             {content("table-000.npy", tableFile("{descr: 1}")), "once"},
		"a key without a value":       {content("table-000.npy", tableFile("{'descr' '<f8'}")), `no value for "descr"`},
		"no comma":                    {content("table-000.npy", tableFile("{'descr': '<f8' 'x': 1}")), "comma"},
		"a structured type":           {content("table-000.npy", tableFile("{'descr': [('a', '<f8')]}")), `"descr" is not allowed`},
		"columns first":               {content("table-000.npy", tableFile(strings.Replace(good, "False", "True", 1)+pad)), `"fortran_order" is not allowed`},
		"a shape of words":            {content("table-000.npy", tableFile("{'shape': (a, b)}")), `"shape" is not allowed`},
		"a shape that does not end":   {content("table-000.npy", tableFile("{'shape': (3, 2}")), `"shape" is not allowed`},
		"a shape without brackets":    {content("table-000.npy", tableFile("{'shape': 3}")), `"shape" is not allowed`},
		"a shape of nine numbers":     {content("table-000.npy", tableFile("{'shape': (1,1,1,1,1,1,1,1,1)}")), `"shape" is not allowed`},
		"an empty dict":               {content("table-000.npy", tableFile("{}")), "is missing"},
		"big-endian numbers":          {content("table-000.npy", tableFile(strings.Replace(good, "<", ">", 1)+pad)), `holds ">f8"`},
		"another shape in the header": {content("table-000.npy", tableFile(strings.Replace(good, "3, 2", "2, 3", 1)+pad)), "has shape [2 3]"},
		"data that is not aligned":    {content("table-000.npy", tableFile(good+" ")), "not aligned"},
		"a truncated table":           {func(_ testing.TB, dir string) { _ = os.Truncate(filepath.Join(dir, "table-000.npy"), 150) }, "table-000.npy is 150 bytes, expected 176: truncated"},
		"an overgrown table":          {func(_ testing.TB, dir string) { _ = os.Truncate(filepath.Join(dir, "table-000.npy"), 1500) }, "truncated or overgrown"},
		"a symbolic link": {func(t testing.TB, dir string) {
			path := filepath.Join(dir, "table-000.npy")
			if err := errors.Join(os.Rename(path, path+".real"), os.Symlink("table-000.npy.real", path)); err != nil {
				t.Fatal(err)
			}
		}, "table-000.npy is not a regular file"},
		"a named pipe": {func(t testing.TB, dir string) {
			path := filepath.Join(dir, "table-000.npy")
			if err := errors.Join(os.Remove(path), syscall.Mkfifo(path, 0o644)); err != nil {
				t.Fatal(err)
			}
		}, "table-000.npy is not a regular file"},
		"a folder instead of a manifest": {func(t testing.TB, dir string) {
			path := filepath.Join(dir, ManifestFile)
			if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o755)); err != nil {
				t.Fatal(err)
			}
		}, "manifest.json is not a regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := small(t)
			c.spoil(t, dir)
			d, err := Open(dir)
			if err == nil {
				_ = d.Close()
				t.Fatal("opened")
			}
			if !strings.Contains(err.Error(), c.message) {
				t.Errorf("got %q, want %q in it", err, c.message)
			}
		})
	}
	if _, err := Open(filepath.Join(t.TempDir(), "nowhere")); err == nil {
		t.Error("a folder that does not exist was opened")
	}
}

func TestOtherTypesAreReadAndOnlyPricesAreFloats(t *testing.T) {
	dir := small(t)
	rewrite(t, dir, func(m *Manifest) {
		for dtype, name := range map[DType]string{Float32: "f.npy", Int64: "i.npy", Bool: "b.npy"} {
			content := append(npyHeaderBytes(dtype, 3, 2), bytes.Repeat([]byte{1}, int(6*dtype.size()))...)
			put(t, dir, name, content)
			m.Tables[string(dtype)] = File{File: name, DType: dtype, Shape: []int64{3, 2}, SHA256: strings.Repeat("0", 64)}
		}
	})
	d, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	for _, key := range []string{"f4", "i8", "b1"} {
		v, err := d.Table(key)
		if err != nil || v.Float64s() != nil || v.Row(0) != nil {
			t.Errorf("%s: %v, %v", key, v.Float64s(), err)
		}
	}
	if err := d.Verify(); err == nil || !strings.Contains(err.Error(), "does not match its checksum") {
		t.Errorf("verifying: %v", err)
	}
}

func TestVerifyingFindsAChangedByteAndALostFile(t *testing.T) {
	dir := small(t)
	d, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	f, err := os.OpenFile(filepath.Join(dir, "table-001.npy"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt([]byte{1}, 140)
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	if err := d.Verify(); err == nil || !strings.Contains(err.Error(), "table-001.npy does not match its checksum") {
		t.Errorf("a changed byte: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "table-001.npy")); err != nil {
		t.Fatal(err)
	}
	if err := d.Verify(); err == nil || !strings.Contains(err.Error(), "table-001.npy") {
		t.Errorf("a lost file: %v", err)
	}
}

func TestLayoutsThatCannotBeReadBackAreRefused(t *testing.T) {
	good := func() Layout {
		return Layout{Name: "x", Dates: []int32{1, 2}, Symbols: []string{"a"}, Keys: []string{"k"}, Roles: map[string]string{RoleClose: "k", RoleAdjClose: "k"}}
	}
	for name, c := range map[string]struct {
		change  func(*Layout)
		message string
	}{
		"dates that fall":    {func(l *Layout) { l.Dates = []int32{2, 1} }, "does not come after"},
		"a key twice":        {func(l *Layout) { l.Keys = []string{"k", "k"} }, "appears twice"},
		"an unprintable key": {func(l *Layout) { l.Keys = []string{"\x00"} }, "cannot be printed"},
		"no name":            {func(l *Layout) { l.Name = "" }, "name is empty"},
		"no symbols":         {func(l *Layout) { l.Symbols = nil }, "0 symbols"},
	} {
		l := good()
		c.change(&l)
		if _, err := Create(filepath.Join(t.TempDir(), "d"), l); err == nil || !strings.Contains(err.Error(), c.message) {
			t.Errorf("%s: %v", name, err)
		}
	}
	dir := t.TempDir()
	put(t, dir, "mine", nil)
	if _, err := Create(dir, good()); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("a folder in use: %v", err)
	}
	if _, err := Create(filepath.Join(dir, "mine"), good()); err == nil {
		t.Error("a file was taken for a folder")
	}
}

func TestAnUnfinishedDatasetLeavesNothingThatOpens(t *testing.T) {
	l := Layout{Name: "x", Dates: []int32{1, 2}, Symbols: []string{"a"}, Keys: []string{"k"}, Roles: map[string]string{RoleClose: "k", RoleAdjClose: "nope"}}
	for name, values := range map[string][]float64{"too few values": {1}, "a role without a table": {1, 2}} {
		dir := filepath.Join(t.TempDir(), "d")
		w, err := Create(dir, l)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Append(0, values); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Finish(); err == nil {
			t.Errorf("%s: no error", name)
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) > 0 {
			t.Errorf("%s: %v, %v are left", name, err, entries)
		}
	}
	w, err := Create(filepath.Join(t.TempDir(), "d"), l)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Append(0, []float64{1, 2, 3}); err == nil || !strings.Contains(err.Error(), "1 values too many") {
		t.Errorf("too many values: %v", err)
	}
	if err := w.Abort(); err != nil {
		t.Error(err)
	}
}

func FuzzParseManifest(f *testing.F) {
	good, err := os.ReadFile(filepath.Join(small(f), ManifestFile))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"format":"stratbox-dataset/1","symbols":["a","a"]}`))
	f.Add([]byte(`{"dates":{"shape":[9223372036854775807]}}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		m, err := ParseManifest(content)
		if err != nil {
			return
		}
		again, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseManifest(again); err != nil {
			t.Fatalf("accepted once, refused again: %v", err)
		}
	})
}

func FuzzNpyHeader(f *testing.F) {
	f.Add(npyHeaderBytes(Float64, 3, 2))
	f.Add(npyHeaderBytes(Int32, 7))
	f.Add([]byte("\x93NUMPY\x02\x00\xff\xff\xff\xff{}"))
	f.Add([]byte("\x93NUMPY\x01\x00\x10\x00{'shape': (1,), "))
	f.Fuzz(func(t *testing.T, prefix []byte) {
		h, err := parseNpyHeader(prefix)
		if err != nil {
			return
		}
		if h.offset > int64(len(prefix)) || h.shape == nil {
			t.Fatalf("accepted %+v from %d bytes", h, len(prefix))
		}
		_ = h.check(File{DType: Float64, Shape: []int64{3, 2}}, int64(len(prefix)))
	})
}
