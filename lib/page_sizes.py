"""How many rows one page of each list has, and how many a list."""

from typing import Final

LEAD_LIST_ROWS: Final = 50
QUEUE_ROWS: Final = 50
TO_CHECK_ROWS: Final = 50
ADMIN_ROWS: Final = 50
IMPORT_LIST_ROWS: Final = 25
SITE_LIST_ROWS: Final = 25
CANDIDATE_ROWS: Final = 25
ACTIVITY_ROWS: Final = 50
PANEL_ROWS: Final = 5
PANEL_TOUCHES: Final = 8
MOST_TOUCHES: Final = 200  # of one lead, on a page of their own
FORM_LIST_ROWS: Final = 25
BACKLOG_ROWS: Final = 25
NOTICE_ROWS: Final = 30
TIMELINE_ROWS: Final = 40
PERSON_ROWS: Final = 100  # all that one rep holds, to be handed on at once
MOST_COUNTED: Final = 10_000  # a list goes no further, and says so
API_ROWS: Final = 50
MOST_API_ROWS: Final = 200
