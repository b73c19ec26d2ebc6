"""The stops and departures of the town's buses (provided, read-only: the checks replace it with others)."""

STOPS = [
    {"code": "mill", "name": "Mill Road", "shelter": True, "lines": [1, 4]},
    {"code": "harbor", "name": "Harbor Street", "shelter": False, "lines": [1]},
    {"code": "oak", "name": "Oak Avenue", "shelter": True, "lines": [2, 4]},
    {"code": "market", "name": "Market Street", "shelter": True, "lines": [1, 2, 4]},
    {"code": "school", "name": "School Lane", "shelter": False, "lines": [2]},
    {"code": "lake", "name": "Lake Street", "shelter": False, "lines": [4]},
    {"code": "garden", "name": "Garden Street", "shelter": True, "lines": [2]},
    {"code": "station", "name": "Station Road", "shelter": True, "lines": [1, 2]},
    {"code": "church", "name": "Church Lane", "shelter": False, "lines": [4]},
    {"code": "bridge", "name": "Bridge Road", "shelter": True, "lines": [1, 4]},
]

DEPARTURES = [
    {"stop": stop["code"], "line": line, "time": f"{hour:02}:{5 * line:02}"}
    for hour in range(6, 22)
    for stop in STOPS
    for line in stop["lines"]
]

TRACKER = "tracker-7.bus.example.org"
