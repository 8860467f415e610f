"""What happens after commits, and on time alone: expired decisions, the database's checkpoint."""
