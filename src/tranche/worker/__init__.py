"""What happens after commits, and on time alone: ended decisions, reminders, mail, the checkpoint."""
