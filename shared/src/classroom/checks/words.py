"""Familiar words for values that checks draw, so that they are easy to read and only the tested property is odd."""

from __future__ import annotations


def words(text: str, separator: str = " ") -> tuple[str, ...]:
    """Split a string into words."""
    return tuple(text.split(separator))


STREETS = words(
    "Maple Street, Station Road, River Road, Hill Street, School Lane, Mill Road, Oak Avenue, Harbor Street,"
    " Church Lane, Garden Street, Bridge Road, Park Avenue, Meadow Lane, Market Street, Orchard Road, Lake Street",
    ", ",
)
PLACES = words("House Center Corner Kitchen Shelter Clinic Library Workshop Bakery Store")
FIELDS_OF_HELP = words("Home Health School Job Child Elder Youth Family Legal Winter Night Street City Garden")
KINDS_OF_HELP = words("aid care help work line point space bank room table club corner")
NOTES = words("Weekly box, Vegetarian, Needs an interpreter, No stairs, Comes by bus, Calls first, Has a dog", ", ")
FIRST_NAMES = words("Ada Ben Chloe David Elena Farid Grace Hugo Ines Jonas Kemi Lena")
FAMILIES = words(
    "Abebe Bauer Costa Demir Fischer Garcia Haddad Ivanov Jensen Kowalski Larsen Moreau Nguyen Okafor Petrov Quinn"
    " Rossi Santos Tanaka Usman Vargas Weber Yilmaz Zhang Fofana Gupta Huber Ito Kaya Lopez Mensah Novak"
    " Aydin Bianchi Cohen Diallo Evans Flores Greco Hansen Ibrahim Jones Kim Lindgren Meyer Nowak Osei Park Ramos Silva"
)
WORDS = words(
    "Acorn Amber Aspen Autumn Beacon Birch Brook Canal Castle Cedar Cherry Clover Copper Coral Crescent Daisy Dawn Elm"
    " Ember Falcon Fern Forest Garnet Grove Harvest Hazel Heather Heron Hickory Island Ivory Jasmine Juniper Lantern"
    " Laurel Lilac Linden Lotus Magnolia Marble Mason Meadow Mercy Mosaic Myrtle North Olive Orchid Palm Pearl Pine"
    " Poplar Prairie Quarry Raven Robin Rowan Sage Sierra Summit Sunrise Valley Violet Walnut Willow Winter"
)
QUALITIES = words("Blue Cheap Clean Fresh Green Light Old Plain Quiet Small Soft Warm")
GOODS = words("bread cable candle clip folder honey lamp marker mouse mug paper pasta pencil soap tea tripod")
MOODS = words("Sleepy Hungry Brave Muddy Noisy Clever Tiny Curious")
ANIMALS = words("ducks otters foxes puppies goats owls hedgehogs ponies")
SCENES = words("by the river, in the rain, on a farm, at night, in the garden, from a boat, in the snow", ", ")
