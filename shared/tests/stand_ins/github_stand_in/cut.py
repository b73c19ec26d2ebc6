"""Cut what the kit uses out of GitHub's descriptions of its API and of its events.

python cut.py github-openapi.json > openapi.json
python cut.py api.github.com.json events > events.json

The descriptions are api.github.com's in the packages @octokit/openapi 23.0.2 and @octokit/openapi-webhooks 12.1.0 of the
npm registry (MIT, see LICENSE).
"""

import json
import re
import sys
from pathlib import Path

USED = {
    "/orgs/{org}/repos": ["get"],
    "/repos/{owner}/{repo}": ["get"],
    "/repos/{template_owner}/{template_repo}/generate": ["post"],
    "/repos/{owner}/{repo}/collaborators/{username}": ["get", "put"],
    "/repos/{owner}/{repo}/invitations": ["get"],
    "/repos/{owner}/{repo}/invitations/{invitation_id}": ["delete"],
    "/repos/{owner}/{repo}/activity": ["get"],
    "/repos/{owner}/{repo}/actions/runs": ["get"],
    "/repos/{owner}/{repo}/statuses/{sha}": ["post"],
    "/repos/{owner}/{repo}/issues": ["get", "post"],
    "/repos/{owner}/{repo}/issues/{issue_number}": ["patch"],
    "/repos/{owner}/{repo}/issues/{issue_number}/comments": ["get", "post"],
    "/repos/{owner}/{repo}/issues/{issue_number}/lock": ["put"],
    "/repos/{owner}/{repo}/git/refs": ["post"],
    "/repos/{owner}/{repo}/pulls": ["get", "post"],
    "/users/{username}": ["get"],
    "/rate_limit": ["get"],
}
EVENTS = ("issues-opened", "workflow-dispatch")
PROSE = ("description", "summary", "example", "examples", "externalDocs", "x-github", "tags", "headers")


def bare(node, within=""):
    """Return a part of the description without its prose; the keys below `properties` are names, not keywords."""
    if isinstance(node, list):
        return [bare(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {key: bare(value, key) for key, value in node.items() if within == "properties" or key not in PROSE}


def needed(whole, part):
    """Return the components that a part of a description refers to, without their prose."""
    found, wanted = {}, [part]
    while wanted:
        for kind, name in re.findall(r'"#/components/(\w+)/([\w.-]+)"', json.dumps(wanted.pop())):
            if kind != "examples" and name not in found.setdefault(kind, {}):
                found[kind][name] = bare(whole["components"][kind][name])
                wanted.append(found[kind][name])
    return found


def main():
    """Print the cut description."""
    whole = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    if sys.argv[2:] == ["events"]:
        part = {"events": bare({name: body_of(whole, name) for name in EVENTS})}
    else:
        part = {"paths": bare({path: {method: whole["paths"][path][method] for method in USED[path]} for path in USED})}
    cut = {"openapi": whole["openapi"], "info": whole["info"], "components": needed(whole, part), **part}
    json.dump(cut, sys.stdout, indent=None, separators=(",", ":"), sort_keys=True)
    print()


def body_of(whole, event):
    """Return the schema of an event."""
    return whole["webhooks"][event]["post"]["requestBody"]["content"]["application/json"]["schema"]


if __name__ == "__main__":
    main()
