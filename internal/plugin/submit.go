package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/rand"

	"github.com/stratbox/stratbox/api/v1alpha1"
	"github.com/stratbox/stratbox/client"
	"github.com/stratbox/stratbox/client/clientset"
	"github.com/stratbox/stratbox/internal/explain"
)

// unseenPatience is how long a run may be without any word of a manager before that is worth a line.
const unseenPatience = 10 * time.Second

// submitter is one use of the command submit.
type submitter struct {
	*cluster
	submission submission
	output     output
	wait       bool
	timeout    time.Duration
	// unique is what makes a run's name its own.
	unique func() string
}

func newSubmitCommand(target *cluster) *cobra.Command {
	s := &submitter{cluster: target, unique: func() string { return rand.String(5) }}
	command := &cobra.Command{
		Use:   "submit FILE.py",
		Short: "Submit a strategy, and wait for its verdict if asked to",
		Long: "Submit a strategy as a StrategyRun; - reads it from standard input. With --wait every change is told in a line, then\n" +
			"verdict and score are printed, and the exit code tells of the verdict:\n\n" + explain.ExitText() +
			"\nWhen the waiting ends early the run goes on.",
		Example: "  kubectl stratbox submit momentum.py --wait\n" +
			"  kubectl stratbox submit momentum.py --param window=120 --memory 1Gi --deadline 90s --fallback Never\n" +
			"  generate-strategy | kubectl stratbox submit - --wait -o json | jq .status.result.metrics",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("submit takes one file: kubectl stratbox submit FILE.py, or - for standard input")
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"py"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(cmd *cobra.Command, args []string) error { return s.submit(cmd.Context(), args[0]) },
	}
	s.submission.addTo(command.Flags())
	command.Flags().BoolVarP(&s.wait, "wait", "w", false, "wait for the verdict and tell of every change")
	command.Flags().DurationVar(&s.timeout, "timeout", 0, "stop waiting after this time, such as 10m (default: never)")
	s.output.addTo(command, formatJSON, formatYAML, formatName)
	completeFlag(command, "mode", modes...)
	completeFlag(command, "fallback", policies...)
	target.completeDatasets(command)
	return command
}

func (s *submitter) submit(ctx context.Context, file string) error {
	if err := s.output.check(); err != nil {
		return err
	}
	if s.timeout != 0 && (!s.wait || s.timeout < 0) {
		return errors.New("--timeout bounds --wait, and is a time such as 10m")
	}
	code, err := read(file, s.streams.In)
	if err != nil {
		return err
	}
	clients, namespace, err := s.connect()
	if err != nil {
		return err
	}
	run, err := s.submission.run(file, code, namespace, s.unique())
	if err != nil {
		return err
	}
	submitted := time.Now()
	created, err := clients.StratboxV1alpha1().StrategyRuns(namespace).Create(ctx, run, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("not submitted: %w", s.plain(err))
	}
	if err := s.announce(created); err != nil || !s.wait {
		return err
	}
	return s.await(ctx, clients, created, submitted)
}

// announce says that the run exists. Whoever wants the name only gets it now, not at the end.
func (s *submitter) announce(run *v1alpha1.StrategyRun) error {
	var err error
	switch {
	case s.output.format == formatName:
		_, err = fmt.Fprintln(s.streams.Out, nameOf(run))
	case s.output.format == formatText:
		_, err = fmt.Fprintf(s.streams.Out, "%s created in namespace %s\n", nameOf(run), run.Namespace)
		if err == nil && !s.wait {
			_, err = fmt.Fprintf(s.streams.Out, "see what becomes of it: kubectl stratbox explain %s -n %s\n", run.Name, run.Namespace)
		}
	case !s.wait:
		err = s.output.write(s.streams.Out, shown(run))
	}
	return err
}

// await tells how the run goes until it has ended, and how it ended.
func (s *submitter) await(ctx context.Context, clients clientset.Interface, run *v1alpha1.StrategyRun, submitted time.Time) error {
	if s.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.timeout)
		defer cancel()
	}
	story := &story{out: s.streams.ErrOut, begin: submitted}
	if s.output.format == formatText {
		story.out = s.streams.Out
	}
	unseen := time.AfterFunc(unseenPatience, story.unseen)
	defer unseen.Stop()
	evaluator := client.New(clients, client.Options{Namespace: run.Namespace, Logger: slog.New(&troubleHandler{story: story})})
	last, err := evaluator.Follow(ctx, run, story.learn)
	var refused *client.RefusedError
	switch {
	case errors.As(err, &refused):
		return fmt.Errorf("waiting for %s: %w", run.Name, s.plain(refused.Cause))
	case err != nil:
		return s.givenUp(run, err)
	}
	explanation := explain.OfRun(last)
	switch s.output.format {
	case formatJSON, formatYAML:
		err = s.output.write(s.streams.Out, shown(last))
	case formatText:
		err = explanation.WriteVerdict(s.streams.Out)
	}
	if err == nil && explanation.ExitCode != explain.ExitScored {
		err = &endedError{code: explanation.ExitCode}
	}
	return err
}

// givenUp says why there is no verdict.
func (s *submitter) givenUp(run *v1alpha1.StrategyRun, err error) error {
	later := fmt.Sprintf("the run goes on: kubectl stratbox explain %s -n %s", run.Name, run.Namespace)
	switch {
	case errors.Is(err, client.ErrDeleted):
		fmt.Fprintln(s.streams.ErrOut, "no verdict: somebody deleted the run")
	case errors.Is(err, context.DeadlineExceeded):
		fmt.Fprintf(s.streams.ErrOut, "no verdict after %s; %s\n", s.timeout, later)
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(s.streams.ErrOut, "interrupted; %s\n", later)
	default:
		return s.plain(err)
	}
	return &endedError{code: explain.ExitNoVerdict}
}

// story is what is told while somebody waits: a line for each change, with the time since the submission.
type story struct {
	mutex    sync.Mutex
	out      io.Writer
	begin    time.Time
	progress explain.Progress
	seen     bool
}

func (s *story) learn(run *v1alpha1.StrategyRun) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.seen = s.seen || len(run.Status.Conditions) > 0
	for _, line := range s.progress.Next(run) {
		s.tell(line)
	}
}

// unseen is called when the manager should have looked at the run by now.
func (s *story) unseen() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if !s.seen {
		s.tell("No manager has looked at the run yet; does it run? kubectl -n stratbox-system get pods")
	}
}

func (s *story) tell(line string) {
	fmt.Fprintf(s.out, "%6.1fs  %s\n", time.Since(s.begin).Seconds(), line)
}

// troubleHandler tells in the story what the client would log: that the API server is away for a while.
type troubleHandler struct{ story *story }

func (h *troubleHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn
}

func (h *troubleHandler) Handle(_ context.Context, record slog.Record) error {
	line := "The cluster does not answer as it should; still trying"
	record.Attrs(func(attribute slog.Attr) bool {
		if attribute.Key == "error" {
			line += ": " + attribute.Value.String()
		}
		return true
	})
	h.story.mutex.Lock()
	defer h.story.mutex.Unlock()
	h.story.tell(line)
	return nil
}

func (h *troubleHandler) WithAttrs([]slog.Attr) slog.Handler { return h }

func (h *troubleHandler) WithGroup(string) slog.Handler { return h }
