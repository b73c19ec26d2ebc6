"""What runs inside pytest: the plugin, its fixtures, and the sentences of a failure."""
