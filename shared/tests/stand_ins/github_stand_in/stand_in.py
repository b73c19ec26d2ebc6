"""What GitHub does, as far as the kit asks for it: in memory, with a clock of its own."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import httpx

from .description import operation, sample
from .discussions import SITE, Discussions

MINUTE, HOUR = 60, 3600
LEVELS = {"": 0, "read": 1, "write": 2}
# The permissions of each operation, as GitHub's documentation of fine-grained tokens lists them.
NEEDS = {
    "repos/create-using-template": {"administration": "write", "contents": "read"},
    "repos/add-collaborator": {"administration": "write"},
    "repos/list-invitations": {"administration": "read"},
    "repos/delete-invitation": {"administration": "write"},
    "repos/list-activities": {"contents": "read"},
    "actions/list-workflow-runs-for-repo": {"actions": "read"},
    "repos/create-commit-status": {"statuses": "write"},
    "issues/list-for-repo": {"issues": "read"},
    "issues/create": {"issues": "write"},
    "issues/update": {"issues": "write"},
    "issues/list-comments": {"issues": "read"},
    "issues/create-comment": {"issues": "write"},
    "issues/lock": {"issues": "write"},
    "git/create-ref": {"contents": "write"},
    "pulls/list": {"pull_requests": "read"},
    "pulls/create": {"pull_requests": "write"},
}
ALL = {
    "administration": "write",
    "contents": "write",
    "actions": "read",
    "statuses": "write",
    "issues": "write",
    "pull_requests": "write",
}


class Killed(BaseException):
    """The command was killed at this request."""


@dataclass
class Repository:
    """A repository; collaborators' permissions and invitations are by the account's number, which stays."""

    owner: str
    name: str
    number: int
    private: bool = True
    is_template: bool = False
    has_issues: bool = True
    made_from: "Repository | None" = None
    collaborators: dict = field(default_factory=dict)
    invitations: dict = field(default_factory=dict)
    activity: list = field(default_factory=list)
    runs: list = field(default_factory=list)
    issues: list = field(default_factory=list)
    statuses: list = field(default_factory=list)
    comments: dict = field(default_factory=dict)
    pulls: list = field(default_factory=list)

    def shown(self, schema="minimal-repository", **more):
        """Return it as GitHub shows it."""
        owner = sample("simple-user", login=self.owner)
        full = f"{self.owner}/{self.name}"
        known = {"id": self.number, "name": self.name, "full_name": full, "owner": owner, "private": self.private}
        known |= {"html_url": f"{SITE}/{full}", "is_template": self.is_template, "default_branch": "main"}
        return sample(schema, **known, **more)


class GitHub(Discussions):
    """GitHub, with one organization and one token.

    Attributes:
        permissions: what the token may do; take one away with `del`.
        now: the time, which only passes in `pause`, and a little with each request.
        per_hour: the primary rate limit.
        changes_per_minute: the secondary rate limit.
        full: GitHub's words if the organization may have no more repositories.
        seats: GitHub's words if it may have no more collaborators.
        hidden: names of repositories that the token does not reach.
        kill_at: number of the request at which the command is killed; `kill_after` says whether that request is done.
        hub: the repositories' git, if commands need it.
        broken: statuses to return instead of the next responses.
        lost: statuses to return instead of the next responses to a POST, which is done all the same.
        log: method and path of each request.
    """

    def __init__(self, organization="school", *accounts):
        self.organization, self.token, self.teacher = organization, "a-token", "teacher"
        self.permissions = dict(ALL)
        self.numbers = count(1000)
        self.accounts = {}
        self.repositories = {}
        self.now = datetime(2026, 11, 10, 12, tzinfo=UTC).timestamp()
        self.per_hour, self.used, self.reset = 5000, 0, self.now + HOUR
        self.changes_per_minute, self.changes = 80, []
        self.full = self.seats = ""
        self.hidden, self.broken, self.log, self.pauses = set(), [], [], []
        self.kill_at, self.kill_after = None, False
        self.hub, self.lost = None, []
        for name in accounts:
            self.add_account(name)

    # What happens on GitHub besides the kit's requests

    def add_account(self, name):
        """Let somebody have an account."""
        self.accounts[name.casefold()] = [name, next(self.numbers)]

    def rename(self, name, new):
        """Rename an account; its number stays."""
        _, number = self.accounts.pop(name.casefold())
        self.accounts[new.casefold()] = [new, number]

    def add(self, name, **more):
        """Let the organization have a repository."""
        owner = more.pop("owner", self.organization)
        made = Repository(owner, name, next(self.numbers), **more)
        self.repositories[f"{owner}/{name}".casefold()] = made
        return made

    def of(self, name):
        """Return a repository of the organization."""
        return self.repositories[f"{self.organization}/{name}".casefold()]

    def accept(self, repository, name):
        """Let a student accept the invitation."""
        number = self.accounts[name.casefold()][1]
        permission = self.of(repository).invitations[number]["permissions"]
        self.decline(repository, name)
        self.of(repository).collaborators[number] = {"write": "push", "read": "pull"}[permission]

    def decline(self, repository, name):
        """Let a student decline the invitation, of which nothing is left then."""
        del self.of(repository).invitations[self.accounts[name.casefold()][1]]

    def expire(self, repository, name):
        """Let a week pass for an invitation."""
        self.of(repository).invitations[self.accounts[name.casefold()][1]]["expired"] = True

    def push(self, repository, name, received, commit, kind="push"):
        """Let somebody push; `received` is GitHub's time, whatever the commit says."""
        actor = sample("simple-user", login=self.accounts[name.casefold()][0])
        activity = self.of(repository).activity
        before = activity[0]["after"] if activity else "0" * 40
        known = {"id": next(self.numbers), "before": before, "after": commit, "ref": "refs/heads/main"}
        activity.insert(0, sample("activity", **known, timestamp=received, activity_type=kind, actor=actor))

    def run(self, repository, conclusion):
        """Let the checks run."""
        at = self.of(repository)
        known = {"conclusion": conclusion, "status": "completed", "head_sha": at.activity[0]["after"]}
        known |= {"repository": at.shown(), "head_repository": at.shown(), "pull_requests": []}
        at.runs.insert(0, sample("workflow-run", **known, html_url=f"{SITE}/{at.owner}/{at.name}/actions/runs/1"))

    def open_issue(self, repository, name, title, body):
        """Let somebody open an issue."""
        issues = self.of(repository).issues
        known = {"number": len(issues) + 1, "title": title, "body": body, "state": "open"}
        page = f"{SITE}/{self.organization}/{repository}/issues/{len(issues) + 1}"
        issues.append(sample("issue", **known, user=sample("simple-user", login=name), html_url=page))
        return issues[-1]

    # How the kit reaches it

    def clock(self):
        """Return the time."""
        return self.now

    async def pause(self, seconds):
        """Let time pass."""
        self.pauses.append(seconds)
        self.now += seconds

    def handle(self, request):
        """Return the response to a request."""
        self.log.append(f"{request.method} {request.url.path}")
        self.now += 0.2
        if self.kill_at == len(self.log) and not self.kill_after:
            raise Killed
        if self.broken:
            return self._error(self.broken.pop(0), "Server Error")
        response = self._limited(request) or self._unchanged(request, self._answered(request))
        if self.kill_at == len(self.log):
            raise Killed
        if self.lost and request.method == "POST" and response.status_code == 201:
            return self._error(self.lost.pop(), "Bad Gateway")
        return response

    def _limited(self, request):
        """Return why a request is refused whatever it asks for, or None."""
        if request.headers.get("authorization") != f"token {self.token}":
            return self._error(401, "Bad credentials")
        if self.now >= self.reset:
            self.used, self.reset = 0, self.now + HOUR
        if self.used >= self.per_hour:
            return self._error(403, "API rate limit exceeded for user ID 1.")
        self.used += 1
        if request.method == "GET":
            return None
        self.changes = [moment for moment in self.changes if moment > self.now - MINUTE]
        if len(self.changes) >= self.changes_per_minute:
            return self._error(403, "You have exceeded a secondary rate limit.", {"retry-after": "30"})
        self.changes.append(self.now)
        return None

    def _unchanged(self, request, response):
        """Return 304 for a response that the caller has; GitHub does not count it."""
        if request.method != "GET" or response.status_code != 200:
            return response
        etag = f'W/"{hashlib.sha256(response.content).hexdigest()}"'
        if request.headers.get("if-none-match") == etag:
            self.used -= 1
            return self._response(304, headers={"etag": etag})
        response.headers["etag"] = etag
        return response

    def _answered(self, request):
        found, values = operation(request.method, request.url.path)
        query = dict(request.url.params)
        body = json.loads(request.content) if request.content else None
        found.check_request(query, body)
        status, body, *headers = self._done(found.id, values, query, body, str(request.url))
        found.check_response(status, body)
        return self._response(status, body, *headers)

    def _done(self, name, values, query, body, url):
        repository = self._seen(values)
        if {"repo", "template_repo"} & set(values) and repository is None:
            return 404, {"message": "Not Found"}
        needs = NEEDS.get(name, {})
        if any(LEVELS[self.permissions.get(item, "")] < LEVELS[level] for item, level in needs.items()):
            accepted = ",".join(f"{item}={level}" for item, level in needs.items())
            told = {"message": "Resource not accessible by personal access token"}
            return 403, told, {"x-accepted-github-permissions": accepted}
        word = name.replace("/", "_") if name.startswith("pulls/") else name.partition("/")[2]
        action = getattr(self, "_" + word.replace("-", "_"))
        return action(repository, values=values, query=query, body=body, url=url)

    def _seen(self, values):
        owner = values.get("owner") or values.get("template_owner") or ""
        name = values.get("repo") or values.get("template_repo") or ""
        return None if name in self.hidden else self.repositories.get(f"{owner}/{name}".casefold())

    def _response(self, status, body=None, headers=None):
        limits = {"limit": self.per_hour, "remaining": max(0, self.per_hour - self.used), "reset": int(self.reset)}
        known = {f"x-ratelimit-{name}": str(value) for name, value in limits.items()}
        known["github-authentication-token-expiration"] = "2027-01-31 23:59:59 UTC"
        content = {} if body is None else {"json": body}
        return httpx.Response(status, headers=known | (headers or {}), **content)

    def _error(self, status, message, headers=None):
        return self._response(status, {"message": message}, headers)

    # The operations

    def _list_for_org(self, _, *, values, query, url, **__):
        if values["org"].casefold() != self.organization.casefold():
            return 404, {"message": "Not Found"}
        found = [item for item in self.repositories.values() if item.owner == self.organization]
        found = [item.shown() for item in found if item.name not in self.hidden]
        size, page = int(query.get("per_page", 30)), int(query.get("page", 1))
        more = {}
        if len(found) > size * page:
            more = {"link": f'<{httpx.URL(url).copy_merge_params({"page": page + 1})}>; rel="next"'}
        return 200, found[size * (page - 1) : size * page], more

    def _get(self, repository, **_):
        if repository is None:  # rate-limit/get
            rate = sample("rate-limit", limit=self.per_hour, remaining=self.per_hour - self.used, reset=int(self.reset))
            known = {"core": rate, "graphql": rate, "search": rate}
            return 200, sample("rate-limit-overview", resources=sample("rate-limit-overview")["resources"] | known)
        made_from = repository.made_from and repository.made_from.shown("repository")
        return 200, repository.shown("full-repository", template_repository=made_from)

    def _create_using_template(self, template, *, body, **_):
        key = f"{body['owner']}/{body['name']}".casefold()
        if key in self.repositories:
            return 422, {"message": "Could not clone: Name already exists on this account"}
        if self.full:
            return 422, {"message": self.full}
        made = self.add(body["name"], owner=body["owner"], private=body["private"], made_from=template)
        if self.hub:
            self.hub.generate(f"{template.owner}/{template.name}", f"{made.owner}/{made.name}")
        return 201, made.shown("full-repository", template_repository=template.shown("repository"))

    def _check_collaborator(self, repository, *, values, **_):
        _, number = self.accounts.get(values["username"].casefold(), ("", 0))
        return (204, None) if number in repository.collaborators else (404, {"message": "Not Found"})

    def _add_collaborator(self, repository, *, values, body, **_):
        name, number = self.accounts.get(values["username"].casefold(), ("", 0))
        if not number:
            return 404, {"message": "Not Found"}
        permission = (body or {}).get("permission", "push")
        if number in repository.collaborators:
            repository.collaborators[number] = permission
            return 204, None
        if self.seats:
            return 422, {"message": self.seats, "documentation_url": SITE}
        if number not in repository.invitations:
            known = {
                "id": next(self.numbers),
                "repository": repository.shown(),
                "permissions": {"push": "write", "pull": "read"}[permission],
            }
            page = f"{SITE}/{repository.owner}/{repository.name}/invitations"
            invitation = sample("repository-invitation", **known, html_url=page, expired=False)
            repository.invitations[number] = invitation | {"invitee": sample("simple-user", login=name)}
        return 201, repository.invitations[number]

    def _list_invitations(self, repository, **_):
        return 200, list(repository.invitations.values())

    def _delete_invitation(self, repository, *, values, **_):
        found = [key for key, item in repository.invitations.items() if item["id"] == int(values["invitation_id"])]
        if not found:
            return 404, {"message": "Not Found"}
        del repository.invitations[found[0]]
        return 204, None

    def _list_activities(self, repository, *, query, **_):
        wanted = query.get("ref", "refs/heads/main")
        return 200, [item for item in repository.activity if item["ref"] == wanted]

    def _list_workflow_runs_for_repo(self, repository, **_):
        return 200, {"total_count": len(repository.runs), "workflow_runs": repository.runs[:1]}

    def _create_commit_status(self, repository, *, values, body, **_):
        if values["sha"] not in {item["after"] for item in repository.activity}:
            return 422, {"message": f"No commit found for SHA: {values['sha']}"}
        repository.statuses.append((values["sha"], body))
        return 201, sample("status", avatar_url="x")

    def _list_for_repo(self, repository, *, query, **_):
        if not repository.has_issues:
            return 404, {"message": "Not Found"}
        wanted = query.get("state", "open")
        found = [item for item in repository.issues if wanted in ("all", item["state"])]
        return 200, found if query.get("direction") == "asc" else found[::-1]

    def _create(self, repository, *, body, **_):
        if not repository.has_issues:
            return 410, {"message": "Issues has been disabled in this repository."}
        return 201, self.open_issue(repository.name, self.teacher, body["title"], body.get("body"))

    def _update(self, repository, *, values, body, **_):
        if not repository.has_issues:
            return 410, {"message": "Issues has been disabled in this repository."}
        for item in repository.issues:
            if item["number"] == int(values["issue_number"]):
                item.update(body)
                return 200, item
        return 404, {"message": "Not Found"}

    def _get_by_username(self, _, *, values, **__):
        if values["username"].casefold() not in self.accounts:
            return 404, {"message": "Not Found"}
        name, number = self.accounts[values["username"].casefold()]
        return 200, sample("public-user", login=name, id=number, user_view_type="public")


def later(stand_in, **more):
    """Return a time after the stand-in's, as GitHub writes it."""
    return f"{datetime.fromtimestamp(stand_in.now, UTC) + timedelta(**more):%Y-%m-%dT%H:%M:%SZ}"
