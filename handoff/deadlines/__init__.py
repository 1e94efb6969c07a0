"""How long there is to answer: calendars, clocks, warnings, breaches, and holding them."""
