"""Only the code that runs next to a student's code. This folder is the trust boundary: besides the standard library it imports only uvicorn."""
