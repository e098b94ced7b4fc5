package dataset

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The .npy layout is numpy's format 1.0 to 3.0 (numpy.lib.format): magic, version, header length, then a Python
// dictionary literal with descr, fortran_order and shape, padded so that the data starts aligned.
const (
	npyMagic       = "\x93NUMPY"
	npyAlign       = 64
	maxHeaderBytes = 64 << 10
)

var npyDescr = map[DType]string{Float64: "<f8", Float32: "<f4", Int64: "<i8", Int32: "<i4", Bool: "|b1"}

// npyHeader is what a .npy file says about the bytes that follow.
type npyHeader struct {
	descr  string
	shape  []int64
	offset int64 // where the data starts
}

// parseNpyHeader reads the header from the beginning of a file. prefix may be longer than the header.
func parseNpyHeader(prefix []byte) (npyHeader, error) {
	if len(prefix) < 10 || string(prefix[:6]) != npyMagic {
		return npyHeader{}, errors.New("not a .npy file")
	}
	var length, start int64
	switch major, minor := prefix[6], prefix[7]; {
	case minor != 0 || major < 1 || major > 3:
		return npyHeader{}, fmt.Errorf(".npy version %d.%d is unknown", major, minor)
	case major == 1:
		length, start = int64(binary.LittleEndian.Uint16(prefix[8:])), 10
	case len(prefix) < 12:
		return npyHeader{}, errors.New("the .npy header is cut off")
	default:
		length, start = int64(binary.LittleEndian.Uint32(prefix[8:])), 12
	}
	if length > maxHeaderBytes {
		return npyHeader{}, fmt.Errorf("the .npy header is %d bytes, the limit is %d", length, maxHeaderBytes)
	}
	if start+length > int64(len(prefix)) {
		return npyHeader{}, errors.New("the .npy header is cut off")
	}
	h, err := parseNpyDict(string(prefix[start : start+length]))
	if err != nil {
		return npyHeader{}, fmt.Errorf("the .npy header is malformed: %w", err)
	}
	h.offset = start + length
	return h, nil
}

// parseNpyDict reads the one dictionary numpy writes. It is no Python parser: what numpy.save cannot have written is an error.
func parseNpyDict(text string) (npyHeader, error) {
	body, ok := strings.CutPrefix(strings.TrimSpace(text), "{")
	if !ok {
		return npyHeader{}, errors.New("no dictionary")
	}
	body, ok = strings.CutSuffix(body, "}")
	if !ok {
		return npyHeader{}, errors.New("the dictionary does not end")
	}
	var h npyHeader
	seen := map[string]bool{}
	for body = strings.TrimSpace(body); body != ""; {
		key, rest, ok := cutQuoted(body)
		if !ok || seen[key] {
			return npyHeader{}, errors.New("expected each of descr, fortran_order and shape once")
		}
		seen[key] = true
		rest, ok = strings.CutPrefix(strings.TrimSpace(rest), ":")
		if !ok {
			return npyHeader{}, fmt.Errorf("no value for %q", key)
		}
		rest = strings.TrimSpace(rest)
		switch key {
		case "descr":
			h.descr, rest, ok = cutQuoted(rest)
		case "fortran_order":
			rest, ok = strings.CutPrefix(rest, "False")
		case "shape":
			h.shape, rest, ok = cutShape(rest)
		default:
			ok = false
		}
		if !ok {
			return npyHeader{}, fmt.Errorf("the value of %q is not allowed here (simple little-endian types in C order only)", key)
		}
		rest = strings.TrimSpace(rest)
		if next, more := strings.CutPrefix(rest, ","); more {
			rest = strings.TrimSpace(next)
		} else if rest != "" {
			return npyHeader{}, errors.New("expected a comma")
		}
		body = rest
	}
	if !seen["descr"] || !seen["fortran_order"] || !seen["shape"] {
		return npyHeader{}, errors.New("descr, fortran_order or shape is missing")
	}
	return h, nil
}

func cutQuoted(s string) (value, rest string, ok bool) {
	if s == "" || (s[0] != '\'' && s[0] != '"') {
		return "", "", false
	}
	end := strings.IndexByte(s[1:], s[0])
	if end < 0 || end > 32 {
		return "", "", false
	}
	return s[1 : 1+end], s[2+end:], true
}

func cutShape(s string) (shape []int64, rest string, ok bool) {
	s, ok = strings.CutPrefix(s, "(")
	if !ok {
		return nil, "", false
	}
	inner, rest, ok := strings.Cut(s, ")")
	if !ok {
		return nil, "", false
	}
	inner = strings.TrimSuffix(strings.TrimSpace(inner), ",")
	for part := range strings.SplitSeq(inner, ",") {
		n, err := strconv.ParseInt(strings.TrimSpace(part), 10, 64)
		if err != nil || n < 0 || len(shape) >= 8 {
			return nil, "", false
		}
		shape = append(shape, n)
	}
	return shape, rest, true
}

// check compares a header with what the manifest promises for a file of fileSize bytes.
func (h npyHeader) check(want File, fileSize int64) error {
	if h.descr != npyDescr[want.DType] {
		return fmt.Errorf("holds %q, the manifest says %q", h.descr, npyDescr[want.DType])
	}
	cells := int64(1)
	same := len(h.shape) == len(want.Shape)
	for i, n := range want.Shape {
		same = same && h.shape[i] == n
		cells *= n // bounded: the manifest was validated
	}
	if !same {
		return fmt.Errorf("has shape %v, the manifest says %v", h.shape, want.Shape)
	}
	if h.offset%want.DType.size() != 0 {
		return fmt.Errorf("its data starts at byte %d, which is not aligned", h.offset)
	}
	if expected := h.offset + cells*want.DType.size(); fileSize != expected {
		return fmt.Errorf("is %d bytes, expected %d: truncated or overgrown", fileSize, expected)
	}
	return nil
}

// npyHeaderBytes is the header numpy.save would write for this type and shape.
func npyHeaderBytes(t DType, shape ...int64) []byte {
	var dims strings.Builder
	for i, n := range shape {
		if i > 0 {
			dims.WriteString(", ")
		}
		dims.WriteString(strconv.FormatInt(n, 10))
	}
	if len(shape) == 1 {
		dims.WriteString(",")
	}
	dict := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", npyDescr[t], dims.String())
	padding := npyAlign - (10+len(dict)+1)%npyAlign
	dict += strings.Repeat(" ", padding%npyAlign) + "\n"
	var out bytes.Buffer
	out.WriteString(npyMagic + "\x01\x00")
	out.Write(binary.LittleEndian.AppendUint16(nil, uint16(len(dict))))
	out.WriteString(dict)
	return out.Bytes()
}
