package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// located puts before each mistake the line of the field that it names, where the text has such a field.
func located(text []byte, mistakes ...error) error {
	var document yaml.Node
	if len(mistakes) == 0 || yaml.Unmarshal(text, &document) != nil {
		return errors.Join(mistakes...)
	}
	told := make([]error, 0, len(mistakes))
	for _, mistake := range mistakes {
		if line := lineOf(&document, fieldOf(mistake)); line > 0 {
			mistake = fmt.Errorf("line %d: %w", line, mistake)
		}
		told = append(told, mistake)
	}
	return errors.Join(told...)
}

// separate takes apart what errors.Join has put together.
func separate(err error) []error {
	joined, many := err.(interface{ Unwrap() []error })
	if !many {
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, separate(one)...)
	}
	return all
}

// fieldPath finds the path of a field in the words of a mistake: quoted after "field", as Go's decoder says it, or at the beginning.
var fieldPath = regexp.MustCompile(`(?:unknown field "|field \S+\.|^)([A-Za-z][-\w]*(?:\.[-\w]+)*)`)

func fieldOf(mistake error) []string {
	found := fieldPath.FindStringSubmatch(mistake.Error())
	if found == nil {
		return nil
	}
	return strings.Split(found[1], ".")
}

// lineOf is the line of a field, or of the closest section above it that is written; 0 if there is none.
func lineOf(node *yaml.Node, path []string) int {
	if node.Kind == yaml.DocumentNode && len(node.Content) > 0 {
		node = node.Content[0]
	}
	line := 0
	for _, name := range path {
		if node.Kind != yaml.MappingNode {
			return line
		}
		found := false
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == name {
				line, node, found = node.Content[i].Line, node.Content[i+1], true
				break
			}
		}
		if !found {
			return line
		}
	}
	return line
}
