"""What the library has (provided, read-only: the checks replace it with other books and branches)."""

BOOKS = [
    {"id": 4, "title": "Brave owls in the rain", "author": "Ada Novak", "year": 1987},
    {"id": 7, "title": "Clever otters by the river", "author": "Kemi Osei", "year": 2016},
    {"id": 9, "title": "Muddy ponies on a farm", "author": "Hugo Garcia", "year": 1994},
    {"id": 12, "title": "Noisy ducks at night", "author": "Ada Novak", "year": 2021},
    {"id": 15, "title": "Tiny hedgehogs in the garden", "author": "Ines Ito", "year": 2008},
]

BRANCHES = [
    {"code": "mill", "name": "Mill Road Library", "opens": "10:00"},
    {"code": "harbor", "name": "Harbor Street Library", "opens": "09:00"},
    {"code": "oak", "name": "Oak Avenue Library", "opens": "13:00"},
]
