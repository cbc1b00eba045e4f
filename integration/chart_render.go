// Renders a chart's templates with Go's own engine, which Helm's is, for hosts that have no helm.
//
//	go run integration/chart_render.go VALUES.json TEMPLATE...
//
// VALUES.json: {"Values": ..., "Chart": ..., "Release": ...}. Of Helm's functions it knows those that the chart uses.
package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
	"text/template"
)

func toYaml(value any) string {
	lines := yamlLines(value)
	return strings.Join(lines, "\n")
}

func yamlLines(value any) []string {
	var lines []string
	nested := func(head string, value any) {
		inner := yamlLines(value)
		if isBlock(value) {
			lines = append(lines, head)
			for _, line := range inner {
				lines = append(lines, "  "+line)
			}
		} else {
			lines = append(lines, head+" "+inner[0])
		}
	}
	switch value := value.(type) {
	case map[string]any:
		if len(value) == 0 {
			return []string{"{}"}
		}
		keys := make([]string, 0, len(value))
		for key := range value {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		for _, key := range keys {
			nested(key+":", value[key])
		}
	case []any:
		if len(value) == 0 {
			return []string{"[]"}
		}
		for _, item := range value {
			inner := yamlLines(item)
			for index, line := range inner {
				if index == 0 {
					lines = append(lines, "- "+line)
				} else {
					lines = append(lines, "  "+line)
				}
			}
		}
	default:
		text, _ := json.Marshal(value) // a scalar of JSON is one of YAML
		return []string{string(text)}
	}
	return lines
}

func isBlock(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		return len(value) > 0
	case []any:
		return len(value) > 0
	}
	return false
}

var functions = template.FuncMap{
	"toYaml":    toYaml,
	"nindent":   func(count int, text string) string { return "\n" + indent(count, text) },
	"sha256sum": func(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) },
	"default": func(other, value any) any {
		if value == nil || value == "" {
			return other
		}
		return value
	},
	"required": func(message string, value any) (any, error) {
		if value == nil || value == "" {
			return nil, fmt.Errorf("%s", message)
		}
		return value, nil
	},
}

func indent(count int, text string) string {
	pad := strings.Repeat(" ", count)
	return pad + strings.ReplaceAll(text, "\n", "\n"+pad)
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	exitOn(err)
	var values map[string]any
	exitOn(json.Unmarshal(text, &values))
	for _, path := range os.Args[2:] {
		text, err := os.ReadFile(path)
		exitOn(err)
		parsed, err := template.New(path).Option("missingkey=error").Funcs(functions).Parse(string(text))
		exitOn(err)
		fmt.Println("---")
		exitOn(parsed.Execute(os.Stdout, values))
	}
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
