"""The towns of the pigeon post (provided, read-only: the checks replace it with other towns)."""

# How often a pigeon turns back because of fog, before it can deliver a letter to this town.
TOWNS = {
    "Oakfield": 0,
    "Millbrook": 2,
    "Harborview": 0,
    "Hazelwood": 4,
    "Foggy Bottom": 7,
}

BEAT = 0.1  # how long a beat is, in seconds
