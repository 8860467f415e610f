"""The write transaction, the engine's settings and the versioned SQL: what every write stands on."""
