"""A student's app running: started, asked over HTTP, and ended."""
