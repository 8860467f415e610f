"""The `tranche` command: what can be typed, and what each command prints and returns."""
