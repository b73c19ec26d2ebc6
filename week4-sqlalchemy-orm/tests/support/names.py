"""Familiar names, addresses and notes, drawn from the seed, each once in a run."""


def words(text, separator=" "):
    """Split a text into words."""
    return tuple(text.split(separator))


STREETS = words(
    "Maple Street, Station Road, River Road, Hill Street, School Lane, Mill Road, Oak Avenue, Harbor Street,"
    " Church Lane, Garden Street, Bridge Road, Park Avenue, Meadow Lane, Market Street, Orchard Road, Lake Street,"
    " Forest Avenue, Spring Street, Canal Road, Castle Hill",
    ", ",
)
PLACES = words("Pantry Shelter Clinic Kitchen Tutoring Library Workshop Playgroup Laundry Nursery Bakery Store")
FIRST = words("Food Home Health School Job Child Elder Youth Family Legal Winter Night Street City Village Garden")
SECOND = words("aid care help work line point space bank room table club corner")
FAMILIES = words(
    "Alvarez Brandt Chowdhury Dubois Eriksen Fischer Garcia Haddad Ivanov Jensen Kowalski Larsen Moreau Nguyen Okafor"
    " Petrov Quinn Rossi Santos Tanaka Usman Vargas Weber Yilmaz Zhang Abebe Bauer Costa Demir Fofana Gupta Huber Ito"
    " Kaya Lopez Mensah Novak Osei Park Ramos Silva Torres"
)
TRIES = 1000
DRAWN = set()  # the values of this run
NOTES = words("Weekly box, Vegetarian, Needs an interpreter, No stairs, Comes by bus, Calls first, Has a dog", ", ")


class Names:
    """Draws values for rows; a mistake such as a unique name then fails the check that is about it, and no other."""

    def __init__(self, draw):
        self.draw = draw
        self.categories = set()

    def place(self):
        """Return a name for a resource."""
        return self._new(lambda: f"{self._of(STREETS)} {self._of(PLACES)} {self.draw.randint(100, 999)}", DRAWN)

    def category(self):
        """Return a category that no other row of this check has: one capitalized word."""
        return self._new(lambda: f"{self._of(FIRST)}{self._of(SECOND)}", self.categories)

    def address(self):
        """Return a house number and a street."""
        return self._new(lambda: f"{self.draw.randint(1, 999)} {self._of(STREETS)}", DRAWN)

    def email(self):
        """Return an email address."""
        return self._new(lambda: f"{self._of(FIRST).lower()}{self.draw.randint(100, 9999)}@example.org", DRAWN)

    def family(self):
        """Return the name of a family."""
        return self._new(lambda: f"{self._of(FAMILIES)}-{self._of(FAMILIES)}", DRAWN)

    def notes(self):
        """Return a note."""
        return self._new(
            lambda: f"{self._of(NOTES)}, {self.draw.randint(2, 9)} people, room {self.draw.randint(1, 99)}", DRAWN
        )

    def _of(self, values):
        return self.draw.one_of(values)

    def _new(self, make, drawn):
        value = make()
        for _ in range(TRIES):
            if value not in drawn:
                break
            value = make()
        drawn.add(value)
        return value
