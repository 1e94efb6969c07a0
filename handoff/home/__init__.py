"""What the home page says of handing over: to marketing, to reps and to their managers."""
