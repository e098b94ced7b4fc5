package main

import (
	"strings"
	"testing"

	"golang.org/x/tools/cover"
)

func TestGateFile(t *testing.T) {
	tests := map[string]struct {
		text    string
		want    []threshold
		wantErr string
	}{
		"comments and empty lines are skipped": {
			text: "# why\n\ninternal/outcome 90 # pure\ninternal/podspec 95.5\n",
			want: []threshold{{"internal/outcome", 90}, {"internal/podspec", 95.5}},
		},
		"a package without a percentage is refused":           {text: "internal/outcome\n", wantErr: "line 1: write a package and a percentage"},
		"zero per cent is refused, because it checks nothing": {text: "\na 0\n", wantErr: `line 2: "0" is not a percentage above 0`},
		"101 per cent is refused":                             {text: "a 101\n", wantErr: `line 1: "101" is not a percentage above 0`},
		"a gate without packages is refused":                  {text: "# nothing\n", wantErr: "it names no package"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := readGate(strings.NewReader(test.text))
			if test.wantErr != "" {
				if err == nil || err.Error() != test.wantErr {
					t.Fatalf("error %v, want %q", err, test.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != len(test.want) {
				t.Fatalf("got %v, want %v", got, test.want)
			}
			for i := range got {
				if got[i] != test.want[i] {
					t.Errorf("line %d: got %v, want %v", i, got[i], test.want[i])
				}
			}
		})
	}
}

func TestVerdict(t *testing.T) {
	profile := func(file string, covered, missed int) *cover.Profile {
		return &cover.Profile{FileName: "example.org/m/" + file, Blocks: []cover.ProfileBlock{
			{NumStmt: covered, Count: 3}, {NumStmt: missed, Count: 0},
		}}
	}
	tests := map[string]struct {
		profiles []*cover.Profile
		fails    bool
	}{
		"exactly at the threshold holds":              {profiles: []*cover.Profile{profile("internal/a/x.go", 9, 1)}},
		"just below the threshold fails":              {profiles: []*cover.Profile{profile("internal/a/x.go", 899, 101)}, fails: true},
		"files of one package are summed":             {profiles: []*cover.Profile{profile("internal/a/x.go", 10, 0), profile("internal/a/y.go", 8, 2)}},
		"generated files do not count":                {profiles: []*cover.Profile{profile("internal/a/x.go", 9, 1), profile("internal/a/zz_generated.deepcopy.go", 0, 900)}},
		"a package that the profile lacks fails":      {profiles: []*cover.Profile{profile("internal/b/x.go", 9, 1)}, fails: true},
		"a package below it with its name is no help": {profiles: []*cover.Profile{profile("internal/a/b/x.go", 9, 1)}, fails: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			rows := compare([]threshold{{"internal/a", 90}}, statements(test.profiles))
			if got := len(failing(rows)) > 0; got != test.fails {
				t.Errorf("fails = %v, want %v, rows %+v", got, test.fails, rows)
			}
		})
	}
}

func TestTable(t *testing.T) {
	var text strings.Builder
	rows := []row{
		{threshold{"internal/a", 90}, count{total: 200, covered: 190}},
		{threshold{"internal/bb", 90}, count{}},
	}
	if err := write(&text, rows); err != nil {
		t.Fatal(err)
	}
	want := "   internal/a  95.0 %  of 200 statements  at least 90 %       ok\n" +
		"  internal/bb   0.0 %    of 0 statements  at least 90 %  TOO LOW\n"
	if text.String() != want {
		t.Errorf("got\n%s\nwant\n%s", text.String(), want)
	}
}
