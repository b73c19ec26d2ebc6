"""What students get: one week, the whole course, or a bundle for Classroom 50."""
