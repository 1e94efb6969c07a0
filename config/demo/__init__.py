"""A company that never was: what `manage.py seed_demo` tells. All names are made up; every address ends in .example."""
