"""What and whom the workshop has (provided, read-only: the checks replace it with other machines and people)."""

ROOMS = [
    {"id": 30, "name": "Paper room"},
    {"id": 10, "name": "Metal room"},
    {"id": 20, "name": "Wood room"},
]

MACHINES = [
    {"id": 14, "name": "Band saw", "longest": 30},
    {"id": 8, "name": "Laser cutter", "longest": 45},
    {"id": 21, "name": "Lathe", "longest": 20},
    {"id": 5, "name": "Drill press", "longest": 60},
]

# The members by their badges. `trained` has the ids of the machines that a member can use.
MEMBERS = {
    "ada-37": {"name": "Ada Novak", "trained": [14, 8], "staff": True},
    "ben-52": {"name": "Ben Costa", "trained": [21], "staff": False},
    "kemi-18": {"name": "Kemi Osei", "trained": [5, 14], "staff": False},
    "iris-44": {"name": "Iris Berg", "trained": [21, 8], "staff": True},
    "hugo-90": {"name": "Hugo Garcia", "trained": [8], "staff": True},
    "lena-63": {"name": "Lena Fischer", "trained": [21, 5], "staff": False},
}

LOST_BADGES = ["hugo-90", "lena-63"]

TRAINER = {"name": "Trainer of the evening", "trained": [5, 8, 14, 21], "staff": False}
