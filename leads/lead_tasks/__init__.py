"""What somebody has to do about a lead by a day: written on its page, kept in a list of one's own, reminded of."""
