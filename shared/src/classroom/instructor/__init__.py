"""What an instructor does: hand out, grade, run a classroom, prove the course. Never handed out."""
