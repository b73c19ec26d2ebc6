"""What the museum shows (provided, read-only: the checks replace it with other exhibits and hours).

Visitors write the stories, and some of them know HTML.
"""

EXHIBITS = [
    {
        "id": 12,
        "name": "Salt & pepper mill",
        "year": 1921,
        "story": "It was on my aunt's table. <b>Please</b> don't touch it.",
        "picture": "mill.svg",
    },
    {
        "id": 7,
        "name": 'The "talking" clock',
        "year": 1884,
        "story": "Says <cuckoo> at noon, and nothing else.",
        "picture": "clock.svg",
    },
    {
        "id": 31,
        "name": "Typewriter",
        "year": 1956,
        "story": "Its letter e is missing, so it was sold for less than half of its price.",
        "picture": None,
    },
]

EXHIBIT_OF_THE_DAY = 7

HOURS = {"opens": "10:00", "closes": "17:30"}
