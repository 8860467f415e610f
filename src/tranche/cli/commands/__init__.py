"""One file a command group: arguments, help with an example, and the call behind it."""
