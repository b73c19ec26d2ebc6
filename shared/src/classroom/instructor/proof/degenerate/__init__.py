"""Apps that solve no task: a check that gives them points must be strengthened."""
