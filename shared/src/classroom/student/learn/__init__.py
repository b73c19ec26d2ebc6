"""`classroom learn`: the lesson, the live scorecard and the running app on one page."""
