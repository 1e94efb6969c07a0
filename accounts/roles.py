"""The four roles. A role is a Django group; what it may do is decided by the access doors that name it."""

from typing import Final

MARKETING: Final = "Marketing"
SALES_REP: Final = "Sales rep"
SALES_MANAGER: Final = "Sales manager"
ADMINISTRATOR: Final = "Administrator"

ROLES: Final = (MARKETING, SALES_REP, SALES_MANAGER, ADMINISTRATOR)
SALES: Final = (SALES_REP, SALES_MANAGER)
# The people who answer for the numbers see every lead, handoff and report; a rep sees what is theirs.
MANAGING: Final = (MARKETING, SALES_MANAGER, ADMINISTRATOR)
# Those who say how leads come in, what is kept of them and what qualifies them.
EDITING: Final = (MARKETING, ADMINISTRATOR)
