"""What `classroom new` makes: a week that proves itself from the first minute, and one more task in a week."""
