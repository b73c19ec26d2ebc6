"""The servers that databases come from: embedded, in a container, or named by DATABASE_URL."""
