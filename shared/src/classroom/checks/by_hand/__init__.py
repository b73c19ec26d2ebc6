"""What a card gives to try: the requests of a check, as commands for the student's own running app."""
