"""What a card suggests trying: the requests of a check, as commands for the student's own running app."""
