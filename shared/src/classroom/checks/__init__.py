"""What checks are written in and run by: pytest plugin, fixtures, `expect`, matchers, workers."""
