"""Familiar names, addresses and notes, drawn from the seed."""

from typing import ClassVar


def words(text, separator=" "):
    """Split a text into words."""
    return text.split(separator)


STREETS = words(
    "Maple Street, Station Road, River Road, Hill Street, School Lane, Mill Road, Oak Avenue, Harbor Street,"
    " Church Lane, Garden Street, Bridge Road, Park Avenue, Meadow Lane, Market Street, Orchard Road, Lake Street",
    ", ",
)
PLACES = words("House Center Corner Kitchen Shelter Clinic Library Workshop Bakery Store")
FIRST = words("Home Health School Job Child Elder Youth Family Legal Winter Night Street City Garden")
SECOND = words("aid care help work line point space bank room table club corner")
FAMILIES = words(
    "Abebe Bauer Costa Demir Fischer Garcia Haddad Ivanov Jensen Kowalski Larsen Moreau Nguyen Okafor Petrov Quinn"
    " Rossi Santos Tanaka Usman Vargas Weber Yilmaz Zhang Fofana Gupta Huber Ito Kaya Lopez Mensah Novak"
    " Aydin Bianchi Cohen Diallo Evans Flores Greco Hansen Ibrahim Jones Kim Lindgren Meyer Nowak Osei Park Ramos Silva"
)
NOTES = words("Weekly box, Vegetarian, Needs an interpreter, No stairs, Comes by bus, Calls first, Has a dog", ", ")
WORDS = words(
    "Acorn Amber Aspen Autumn Beacon Birch Brook Canal Castle Cedar Cherry Clover Copper Coral Crescent Daisy Dawn Elm"
    " Ember Falcon Fern Forest Garnet Grove Harvest Hazel Heather Heron Hickory Island Ivory Jasmine Juniper Lantern"
    " Laurel Lilac Linden Lotus Magnolia Marble Mason Meadow Mercy Mosaic Myrtle North Olive Orchid Palm Pearl Pine"
    " Poplar Prairie Quarry Raven Robin Rowan Sage Sierra Summit Sunrise Valley Violet Walnut Willow Winter"
)


class Names:
    """Draws values for rows; none but notes is drawn twice, so that a row shares a value only where a check wants it.

    Args:
        draw: the source of the values.
    """

    drawn: ClassVar[set] = set()  # in this run: the rows of one check are still there in the next

    def __init__(self, draw):
        self.draw = draw

    def resource(self):
        """Return a name for a resource."""
        return self._new(lambda: f"{self._of(STREETS)} {self._of(PLACES)} {self.draw.randint(100, 999)}")

    def category(self):
        """Return a category: one capitalized word."""
        return self._new(lambda: f"{self._of(WORDS)}{self._of(FIRST).lower()}{self._of(SECOND)}")

    def address(self):
        """Return a house number and a street."""
        return self._new(lambda: f"{self.draw.randint(1, 9999)} {self._of(STREETS)}")

    def email(self):
        """Return an email address."""
        return self._new(lambda: f"{self._of(FIRST).lower()}{self.draw.randint(100, 9999)}@example.org")

    def family(self):
        """Return the name of a family."""
        return self._new(lambda: f"{self._of(FAMILIES)}-{self._of(FAMILIES)}")

    def notes(self):
        """Return a note."""
        return f"{self._of(NOTES)}, {self.draw.randint(2, 9)} people, room {self.draw.randint(1, 99)}"

    def _of(self, values):
        return self.draw.one_of(values)

    def _new(self, make):
        value = make()
        while value in self.drawn:
            value = make()
        self.drawn.add(value)
        return value
