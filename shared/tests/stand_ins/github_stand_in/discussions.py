"""What GitHub does with comments and pull requests, as far as the kit asks for it."""

from .description import sample

SITE = "https://github.com"


class Discussions:
    """The operations of a stand-in on issues' comments and on pull requests."""

    # What happens on GitHub besides the kit's requests

    def merge_pull(self, repository, *, squash=False):
        """Let the student merge the open pull request; return it."""
        (pull,) = [item for item in self.of(repository).pulls if item["state"] == "open"]
        self.hub.merge(f"{self.organization}/{repository}", pull["head"]["ref"], squash=squash)
        pull |= {"state": "closed", "merged_at": "2026-11-20T10:00:00Z"}
        pull["head"]["sha"] = self._pull_tip(self.of(repository), pull)
        return pull

    def close_pull(self, repository):
        """Let the student close the open pull request."""
        (pull,) = [item for item in self.of(repository).pulls if item["state"] == "open"]
        pull["head"]["sha"] = self._pull_tip(self.of(repository), pull)
        pull["state"] = "closed"

    # The operations

    def _list_comments(self, repository, *, values, **_):
        return 200, repository.comments.get(int(values["issue_number"]), [])

    def _create_comment(self, repository, *, values, body, **_):
        issue = next(item for item in repository.issues if item["number"] == int(values["issue_number"]))
        known = {"id": next(self.numbers), "user": sample("simple-user", login=self.teacher), "body": body["body"]}
        comment = sample("issue-comment", **known)
        repository.comments.setdefault(issue["number"], []).append(comment)
        return 201, comment

    def _lock(self, repository, *, values, **_):
        next(item for item in repository.issues if item["number"] == int(values["issue_number"]))["locked"] = True
        return 204, None

    def _create_ref(self, _, *, body, **__):
        assert set(body["sha"]) == {"0"}, "the kit writes branches by git"
        return 422, _invalid("Object does not exist")

    def _pulls_list(self, repository, *, query, **_):
        found = [item for item in repository.pulls if query["head"] == item["head"]["label"]]
        for item in found:
            if item["state"] == "open":
                item["head"]["sha"] = self._pull_tip(repository, item)
        return 200, found[::-1]

    def _pulls_create(self, repository, *, body, **_):
        head, base = body["head"], body["base"]
        if head == base:
            return 422, _invalid(f"No commits between {base} and {head}")
        label = f"{repository.owner}:{head}"
        if any(item["state"] == "open" and item["head"]["label"] == label for item in repository.pulls):
            return 422, _invalid(f"A pull request already exists for {label}.")
        number = len(repository.pulls) + 101
        side = {"label": label, "ref": head, "repo": repository.shown("repository"), "sha": "", "user": None}
        page = f"{SITE}/{repository.owner}/{repository.name}/pull/{number}"
        known = {"number": number, "state": "open", "merged_at": None, "html_url": page, "title": body["title"]}
        user = sample("simple-user", login=self.teacher)
        pull = sample("pull-request-simple", **known, body=body.get("body"), user=user)
        pull["head"] = sample("pull-request-simple")["head"] | side
        pull["head"]["sha"] = self._pull_tip(repository, pull)
        repository.pulls.append(pull)
        whole = sample("pull-request", **known, body=body.get("body"), user=user)
        whole["head"] = whole["head"] | {"sha": pull["head"]["sha"], "ref": head, "label": label}
        return 201, whole

    def _pull_tip(self, repository, pull):
        return self.hub.tip(f"{repository.owner}/{repository.name}", pull["head"]["ref"])


def _invalid(told):
    """Return the body of a 422."""
    errors = [{"code": "custom", "message": told}]
    return {"message": "Validation Failed", "errors": errors, "documentation_url": SITE}
