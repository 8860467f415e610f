"""Pure rules of the mechanism: standard library only, no clock, no random, no input or output."""
