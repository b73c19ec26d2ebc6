"""Apps that do nothing of what any task asks: what earns points with one of them is a check that can be bought."""
