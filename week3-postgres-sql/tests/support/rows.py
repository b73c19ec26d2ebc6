"""Rows that the queries are run on."""

from classroom.checks.words import FAMILIES, NOTES, WORDS


class DrawnRows:
    """The course's own rows for the queries, drawn so that every mistake shows.

    Args:
        draw: the source of the rows.
        more: how many resources and referrals to add to those that each have a purpose.
    """

    def __init__(self, draw, more):
        self.draw = draw
        self.resources = self._resources(more)
        self.referrals = self._referrals(more)

    def _resources(self, more):
        draw, words = self.draw, iter(self.draw.sample(WORDS, len(WORDS)))
        word = words.__next__
        twin = f"{word()} House"
        kinds = [
            (f"{word()} Kitchen", "Food"),
            (f"{word()} Food PANTRY", "Food"),
            (twin, "Housing"),
            (f"Old pantry of {word()}", "food"),
            (f"{word()} Pan Try", "Food Bank"),
            (f"{word()}pantry{word()}", "Health"),
            (twin, "Food"),
            (f"{word()} Store", "Pantry"),
            (f"Pantry {word()}", "FOOD"),
            (f"{word()} Hall", "Pet Food"),
            (f"{word()} Table", "Food"),
        ]
        kinds += [(f"{word()} Place", draw.one_of(["Food", "Housing", "Health"])) for _ in range(more)]
        # The first kind keeps the lowest id and the last the highest: neither gets a referral.
        first, *middle, last = kinds
        # Ordered as text, the lowest id comes last.
        numbers = sorted([draw.randint(90, 99), *draw.sample(range(100, 900), len(kinds) - 1)])
        return [
            {
                "id": number,
                "name": name,
                "category": category,
                "address": draw.one_of([None, f"{draw.randint(1, 99)} Pantry Lane"]),
                "contact_email": draw.one_of([None, f"{draw.one_of(WORDS).lower()}@example.org"]),
            }
            for number, (name, category) in zip(numbers, [first, *draw.sample(middle, len(middle)), last], strict=True)
        ]

    def _referrals(self, more):
        draw = self.draw
        names = [row["name"] for row in self.resources]
        twins = [row for row in self.resources if names.count(row["name"]) > 1]
        some = draw.sample(self.resources[1:-1], 4)
        families = draw.sample(FAMILIES, 4)
        visits = [(row, family) for row in some for family in draw.sample(families, 2)]
        # A family that came twice to the same resource, and two resources of one name with different numbers of visits.
        visits += [visits[0], (twins[0], families[0]), (twins[1], families[1]), (twins[1], families[2])]
        visits += [(draw.one_of(some), draw.one_of(families)) for _ in range(more)]
        draw.shuffle(visits)
        # From a range of their own, so that no referral has the id of a resource.
        numbers = sorted(draw.sample(range(1_000, 2_000), len(visits)))
        return [
            {
                "id": number,
                "family_name": family,
                "resource_id": row["id"],
                "referral_date": f"2025-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
                "notes": draw.one_of([None, *NOTES]),
            }
            for number, (row, family) in zip(numbers, visits, strict=True)
        ]

    def store(self, database):
        """Store the rows out of order, and with different values at first."""
        for table, rows in (("resources", self.resources), ("referrals", self.referrals)):
            names = ", ".join(rows[0])
            first = {"name": "Pantry to be", "category": "Food"} if table == "resources" else {}
            values = ", ".join(_written(row | first) for row in self.draw.sample(rows, len(rows)))
            database.run(f"INSERT INTO {table} ({names}) VALUES {values}")
            # From the highest id down: a query without ORDER BY returns the rows upside down.
            changes = [
                f"UPDATE {table} SET ({names}) = {_written(row)} WHERE id = {row['id']};" for row in reversed(rows)
            ]
            database.run(f"DO $$ BEGIN {' '.join(changes)} END $$")

    def all_resources(self):
        """Return every resource, in id order."""
        return self.resources

    def food_resources(self):
        """Return the ids of the resources in the Food category."""
        return [{"id": row["id"]} for row in self.resources if row["category"] == "Food"]

    def search_pantry(self):
        """Return the resources with pantry in their name."""
        named = [row for row in self.resources if "pantry" in row["name"].lower()]
        return [{key: row[key] for key in ("id", "name", "category")} for row in named]

    def referrals_with_resource(self):
        """Return each referral's family and the name of its resource."""
        names = {row["id"]: row["name"] for row in self.resources}
        return [
            {"family_name": row["family_name"], "resource_name": names[row["resource_id"]]} for row in self.referrals
        ]

    def referrals_per_resource(self):
        """Return each resource and how many referrals point to it."""
        visited = [row["resource_id"] for row in self.referrals]
        return [
            {"resource_id": row["id"], "resource_name": row["name"], "referral_count": visited.count(row["id"])}
            for row in self.resources
        ]


def _written(row):
    """Return a drawn row in SQL syntax: no drawn value contains a quote."""
    values = (
        "NULL" if value is None else f"'{value}'" if isinstance(value, str) else str(value) for value in row.values()
    )
    return f"({', '.join(values)})"
