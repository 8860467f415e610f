"""The demonstration: a scripted mechanism that goes through the same actions as real life."""
