"""Settings and the data that ships with the program: calendars, procedures, the demonstration."""
