"""Whatever has started these tests, what they start hears Ctrl-C and the end of a terminal."""

import signal

# nohup, and a shell that puts something in the background, have a signal ignored by all that is started from there on;
# one that is handled, by doing nothing, is not.
for name in ("SIGINT", "SIGHUP"):
    number = getattr(signal, name, None)
    if number is not None and signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, lambda *_: None)
