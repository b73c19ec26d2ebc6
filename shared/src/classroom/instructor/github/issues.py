"""Requests to GitHub about issues, comments and pull requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classroom.instructor.github.responses import comment_of, issue_of, pull_request_of
from classroom.instructor.github.session import NotFoundError, Session

if TYPE_CHECKING:
    from classroom.instructor.github.provider import Comment, Issue, PullRequest, Repository

ISSUES = "/repos/{owner}/{repo}/issues"
ISSUE = ISSUES + "/{number}"
PULLS = "/repos/{owner}/{repo}/pulls"


class Issues(Session):
    """The issues and pull requests of an organization's repositories."""

    organization: str

    def issues(self, repository: str) -> list[Issue]:
        """Return the issues of a repository, open and closed, oldest first."""
        try:
            found = self.pages(
                ISSUES + "{?state,direction,per_page}",
                f"read the issues in {self.organization}/{repository}",
                owner=self.organization,
                repo=repository,
                state="all",
                direction="asc",
            )
        except NotFoundError:  # issues are switched off
            return []
        return [issue_of(item) for item in found if "pull_request" not in item]

    def open_issue(self, repository: str, title: str, body: str) -> Issue:
        """Open an issue."""
        values = {"owner": self.organization, "repo": repository}
        request = self.connection.post(ISSUES, values, data={"title": title, "body": body})
        return issue_of(self.run(request, f"open an issue in {self.organization}/{repository}"))

    def rewrite_issue(self, repository: str, issue: Issue, body: str) -> None:
        """Replace the text of an issue, and open it again if it was closed."""
        request = self.connection.patch(
            ISSUE, self._issue(repository, issue.number), data={"body": body, "state": "open"}
        )
        self.run(request, f"write to issue {issue.number} of {self.organization}/{repository}")

    def comments(self, repository: str, issue: int) -> list[Comment]:
        """Return the comments on an issue, oldest first."""
        what = f"read the comments on issue {issue} of {self.organization}/{repository}"
        found = self.pages(ISSUE + "/comments{?per_page}", what, **self._issue(repository, issue))
        return [comment_of(item) for item in found]

    def comment(self, repository: str, issue: int, body: str) -> None:
        """Write a comment on an issue."""
        request = self.connection.post(ISSUE + "/comments", self._issue(repository, issue), data={"body": body})
        self.run(request, f"comment on issue {issue} of {self.organization}/{repository}")

    def close_issue(self, repository: str, issue: int) -> None:
        """Close an issue, and stop everyone without write access from commenting on it."""
        values, what = self._issue(repository, issue), f"close issue {issue} of {self.organization}/{repository}"
        self.run(self.connection.patch(ISSUE, values, data={"state": "closed"}), what)
        self.run(self.connection.put(ISSUE + "/lock", values, data={"lock_reason": "resolved"}), what)

    def pull_requests(self, repository: Repository, branch: str) -> list[PullRequest]:
        """Return the pull requests from a branch of a repository, open and closed, latest first."""
        found = self.pages(
            PULLS + "{?state,head,per_page}",
            f"read the pull requests in {repository}",
            owner=repository.owner,
            repo=repository.name,
            state="all",
            head=f"{repository.owner}:{branch}",
        )
        return [pull_request_of(item) for item in found]

    def open_pull_request(self, repository: Repository, branch: str, title: str, body: str) -> PullRequest:
        """Ask to merge a branch into the default branch."""
        values = {"owner": repository.owner, "repo": repository.name}
        data = {"title": title, "head": branch, "base": repository.branch, "body": body}
        return pull_request_of(
            self.run(self.connection.post(PULLS, values, data=data), f"open a pull request in {repository}")
        )

    def _issue(self, repository: str, number: int) -> dict[str, str]:
        return {"owner": self.organization, "repo": repository, "number": str(number)}
