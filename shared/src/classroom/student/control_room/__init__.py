"""The control room of a running system: cut parts out, send load, and see what holds."""
