package config

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/api/equality"
)

// SetSandboxEnabled returns learning_system.yaml with sandbox.enabled set, and added where it is absent. All other bytes,
// comments above all, stay as they are. It refuses a text that Decode refuses, and one in which the field cannot be set
// without a chance of changing something else: whatever is returned decodes to the same configuration but for the field.
func SetSandboxEnabled(text []byte, enabled bool) ([]byte, error) {
	want, err := Decode(text)
	if err != nil {
		return nil, err
	}
	want.Sandbox.Enabled = enabled
	for _, e := range edits(text, enabled) {
		changed := slices.Concat(text[:e.from], []byte(e.insert), text[e.to:])
		if got, err := Decode(changed); err == nil && equality.Semantic.DeepEqual(got, want) {
			return changed, nil
		}
	}
	return nil, fmt.Errorf("%s is written in a way that a program cannot change safely; set sandbox.enabled to %t by hand", FileName, enabled)
}

// edit puts a text in the place of the bytes from one offset to another.
type edit struct {
	from, to int
	insert   string
}

// edits are ways to set the field, the best first. They may be wrong for unusual texts: each is tried out.
func edits(text []byte, enabled bool) []edit {
	var document yaml.Node
	if yaml.Unmarshal(text, &document) != nil {
		return nil
	}
	p := page{text: text, eol: "\n", setting: fmt.Sprintf("enabled: %t", enabled)}
	if bytes.Contains(text, []byte("\r\n")) {
		p.eol = "\r\n"
	}
	if len(document.Content) == 0 {
		return p.section(len(text), 0) // nothing but comments
	}
	root := document.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil
	}
	key, sandbox := member(root, "sandbox")
	if key == nil {
		return p.sectionIn(root)
	}
	if sandbox.Kind == yaml.ScalarNode {
		return p.instead(key, sandbox)
	}
	if key, value := member(sandbox, "enabled"); key != nil {
		return p.value(value, fmt.Sprint(enabled))
	}
	return p.settingIn(key, sandbox)
}

func member(mapping *yaml.Node, name string) (key, value *yaml.Node) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i], mapping.Content[i+1]
		}
	}
	return nil, nil
}

// page is a text with what is to be written into it.
type page struct {
	text         []byte
	eol, setting string
}

// value replaces a plain value.
func (p page) value(node *yaml.Node, value string) []edit {
	at, found := p.offset(node.Line, node.Column)
	if !found || !bytes.HasPrefix(p.text[at:], []byte(node.Value)) {
		return nil
	}
	return []edit{{at, at + len(node.Value), value}}
}

// instead fills a section that is null, in words or by having nothing in it.
func (p page) instead(key, null *yaml.Node) []edit {
	if null.Value != "" {
		return p.value(null, "{"+p.setting+"}")
	}
	return p.below(key, key.Column+1)
}

// settingIn adds the setting to a section that has others, or is {}.
func (p page) settingIn(key, section *yaml.Node) []edit {
	if section.Style&yaml.FlowStyle != 0 {
		return p.first(section, p.setting)
	}
	if len(section.Content) == 0 {
		return nil
	}
	return p.below(key, section.Content[0].Column-1)
}

// sectionIn adds the section to a file that has others, or is {}: at the end, or if something stands in the way, before the others.
func (p page) sectionIn(root *yaml.Node) []edit {
	if root.Style&yaml.FlowStyle != 0 {
		return p.first(root, "sandbox: {"+p.setting+"}")
	}
	all := p.section(len(p.text), root.Column-1)
	if at, found := p.offset(root.Line, 1); found {
		all = append(all, p.section(at, root.Column-1)...)
	}
	return all
}

// section writes the section on lines of its own.
func (p page) section(at, indent int) []edit {
	margin := strings.Repeat(" ", indent)
	written := margin + "sandbox:" + p.eol + margin + "  " + p.setting + p.eol
	if at > 0 && p.text[at-1] != '\n' {
		written = p.eol + written
	}
	return []edit{{at, at, written}}
}

// below writes the setting on a line of its own, below that of a key.
func (p page) below(key *yaml.Node, indent int) []edit {
	at, found := p.offset(key.Line+1, 1)
	line := strings.Repeat(" ", indent) + p.setting
	if !found {
		return []edit{{len(p.text), len(p.text), p.eol + line}}
	}
	return []edit{{at, at, line + p.eol}}
}

// first writes an entry behind the brace that opens a mapping.
func (p page) first(mapping *yaml.Node, entry string) []edit {
	at, found := p.offset(mapping.Line, mapping.Column)
	if !found || p.text[at] != '{' {
		return nil
	}
	if len(mapping.Content) > 0 {
		entry += ", "
	}
	return []edit{{at + 1, at + 1, entry}}
}

// offset is where a character is; lines and columns begin with 1. There is none behind the end.
func (p page) offset(line, column int) (int, bool) {
	at := 0
	for ; line > 1; line-- {
		end := bytes.IndexByte(p.text[at:], '\n')
		if end < 0 {
			return 0, false
		}
		at += end + 1
	}
	for ; column > 1 && at < len(p.text); column-- {
		_, size := utf8.DecodeRune(p.text[at:])
		at += size
	}
	return at, at < len(p.text)
}
