// gh with the commands that the server's grammar knows, and no others: nothing that sends any request (api), merges, shows or
// stores credentials (auth), or runs programs (extensions, aliases). The image's gh; upstream's own packages, our composition.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/cli/cli/v2/api"
	"github.com/cli/cli/v2/pkg/cmd/factory"
	issueList "github.com/cli/cli/v2/pkg/cmd/issue/list"
	issueView "github.com/cli/cli/v2/pkg/cmd/issue/view"
	prChecks "github.com/cli/cli/v2/pkg/cmd/pr/checks"
	prDiff "github.com/cli/cli/v2/pkg/cmd/pr/diff"
	prList "github.com/cli/cli/v2/pkg/cmd/pr/list"
	prView "github.com/cli/cli/v2/pkg/cmd/pr/view"
	repoView "github.com/cli/cli/v2/pkg/cmd/repo/view"
	runList "github.com/cli/cli/v2/pkg/cmd/run/list"
	runView "github.com/cli/cli/v2/pkg/cmd/run/view"
	workflowList "github.com/cli/cli/v2/pkg/cmd/workflow/list"
	"github.com/cli/cli/v2/pkg/cmdutil"
	"github.com/spf13/cobra"
)

// The linker sets it: the version of the module.
var version = "0.0.0"

var errNoToken = errors.New("gh: no token: set GH_TOKEN")

func main() {
	os.Exit(run())
}

// Upstream's exit codes: 2 cancelled, 4 without a token, 8 something is still pending.
func run() int {
	f := factory.New(version)
	command, err := newRoot(f).ExecuteC()
	var none cmdutil.NoResultsError
	switch {
	case err == nil, errors.As(err, &none):
		return 0
	case errors.Is(err, cmdutil.SilentError):
		return 1
	case errors.Is(err, cmdutil.PendingError):
		return 8
	case cmdutil.IsUserCancellation(err):
		return 2
	}
	out := f.IOStreams.ErrOut
	fmt.Fprintln(out, err)
	if errors.Is(err, errNoToken) {
		return 4
	}
	var usage *cmdutil.FlagError
	if errors.As(err, &usage) {
		fmt.Fprintf(out, "\n%s\n", command.UsageString())
	}
	var answer api.HTTPError
	if errors.As(err, &answer) {
		if hint := answer.ScopesSuggestion(); hint != "" {
			fmt.Fprintln(out, hint)
		}
	}
	return 1
}

func newRoot(f *cmdutil.Factory) *cobra.Command {
	root := &cobra.Command{
		Use:           "gh <command> <subcommand> [flags]",
		Short:         "GitHub CLI: what AI SRE understands of it",
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(command *cobra.Command, _ []string) error {
			config, err := f.Config()
			if err != nil {
				return err
			}
			if cmdutil.IsAuthCheckEnabled(command) && !cmdutil.CheckAuth(config) {
				return errNoToken
			}
			return nil
		},
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return cmdutil.FlagErrorWrap(err) })
	root.CompletionOptions.DisableDefaultCmd = true
	// The repository comes from --repo or from the remotes of the folder, as upstream finds it.
	of := *f
	of.BaseRepo = factory.SmartBaseRepoFunc(f)
	root.AddCommand(
		group("pr", &of, prList.NewCmdList(&of, nil), prView.NewCmdView(&of, nil), prChecks.NewCmdChecks(&of, nil),
			prDiff.NewCmdDiff(&of, nil), newCreate(&of)),
		group("issue", &of, issueList.NewCmdList(&of, nil), issueView.NewCmdView(&of, nil)),
		group("run", &of, runList.NewCmdList(&of, nil), runView.NewCmdView(&of, nil)),
		group("workflow", &of, workflowList.NewCmdList(&of, nil)),
	)
	repo := newParent("repo")
	repo.AddCommand(repoView.NewCmdView(f, nil))
	root.AddCommand(repo)
	return root
}

func group(name string, f *cmdutil.Factory, commands ...*cobra.Command) *cobra.Command {
	parent := newParent(name)
	cmdutil.EnableRepoOverride(parent, f)
	parent.AddCommand(commands...)
	return parent
}

// Without a command of its own it would take any word, print its usage and end well.
func newParent(name string) *cobra.Command {
	return &cobra.Command{
		Use: name + " <command>",
		Args: func(command *cobra.Command, words []string) error {
			return cmdutil.FlagErrorf("unknown command %q for %q", strings.Join(words, " "), command.CommandPath())
		},
		RunE: func(*cobra.Command, []string) error { return nil },
	}
}
