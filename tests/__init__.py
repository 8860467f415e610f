"""The suite; mirrors the source path by path."""
