"""The file server: takes PUT, GET and HEAD with a signed URL, and nothing else. Provided; nothing in here is yours to change."""
