"""The classroom on the web: sign-in, the students' pages, and the instructor's view of the class."""
