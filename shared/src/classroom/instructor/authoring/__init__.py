"""What `classroom new` makes: a week that proves itself from the first minute, and one more task in a week."""

SERVICES = ("postgres",)  # that the example of a new week can use
