"""The course proves itself: fair to right answers, sharp on wrong ones."""
