"""The exhibits and their texts (provided, read-only: the checks replace them with others)."""

EXHIBITS = {
    3: {"en": "A clock that was never right", "de": "Eine Uhr, die nie richtig ging", "fr": "Une horloge jamais juste"},
    5: {"en": "The mayor's bicycle", "de": "Das Fahrrad des Bürgermeisters", "fr": "Le vélo du maire"},
    8: {"en": "Forty spoons", "de": "Vierzig Löffel", "fr": "Quarante cuillères"},
    9: {"en": "A map of the old harbor", "de": "Ein Plan des alten Hafens", "fr": "Un plan du vieux port"},
}
