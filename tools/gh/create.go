package main

import (
	"errors"
	"fmt"

	"github.com/cli/cli/v2/api"
	"github.com/cli/cli/v2/pkg/cmd/pr/shared"
	"github.com/cli/cli/v2/pkg/cmdutil"
	"github.com/spf13/cobra"
)

// Opens a pull request from a branch that is pushed already. Upstream's `pr create` asks git about the branch even when it is named,
// and fails where no git can be started, as in the sandbox; this one asks GitHub alone, in the same words.
func newCreate(f *cmdutil.Factory) *cobra.Command {
	var title, body, head, base string
	var draft bool
	create := &cobra.Command{
		Use:   "create",
		Short: "Create a pull request",
		Args:  cmdutil.NoArgsQuoteReminder,
		RunE: func(*cobra.Command, []string) error {
			if title == "" || head == "" {
				return cmdutil.FlagErrorf("must provide `--title`, `--body` and `--head`")
			}
			http, err := f.HttpClient()
			if err != nil {
				return err
			}
			client := api.NewClientFromHTTP(http)
			named, err := f.BaseRepo()
			if err != nil {
				return err
			}
			repository, err := api.GitHubRepo(client, named)
			if err != nil {
				return err
			}
			into := base
			if into == "" {
				into = repository.DefaultBranchRef.Name
			}
			if err := refuseSecond(f, head, into); err != nil {
				return err
			}
			made, err := api.CreatePullRequest(client, repository, map[string]any{
				"title":               title,
				"body":                body,
				"draft":               draft,
				"baseRefName":         into,
				"headRefName":         head,
				"maintainerCanModify": true,
			})
			if err != nil {
				return fmt.Errorf("pull request create failed: %w", err)
			}
			fmt.Fprintln(f.IOStreams.Out, made.URL)
			return nil
		},
	}
	flags := create.Flags()
	flags.StringVarP(&title, "title", "t", "", "Title for the pull request")
	flags.StringVarP(&body, "body", "b", "", "Body for the pull request")
	flags.StringVarP(&head, "head", "H", "", "The `branch` that contains commits for your pull request")
	flags.StringVarP(&base, "base", "B", "", "The `branch` into which you want your code merged")
	flags.BoolVarP(&draft, "draft", "d", false, "Mark pull request as a draft")
	return create
}

func refuseSecond(f *cmdutil.Factory, head, into string) error {
	open, _, err := shared.NewFinder(f).Find(shared.FindOptions{
		Selector:   head,
		BaseBranch: into,
		States:     []string{"OPEN"},
		Fields:     []string{"url"},
	})
	var none *shared.NotFoundError
	switch {
	case errors.As(err, &none):
		return nil
	case err != nil:
		return fmt.Errorf("error checking for existing pull request: %w", err)
	default:
		return fmt.Errorf("a pull request for branch %q into branch %q already exists:\n%s", head, into, open.URL)
	}
}
