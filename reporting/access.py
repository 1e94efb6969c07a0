"""The door to the reports. Numbers are about all leads, so they are for those who may see all leads."""

from typing import Final

from accounts.roles import ADMINISTRATOR, MARKETING, SALES_MANAGER

READERS: Final = (MARKETING, SALES_MANAGER, ADMINISTRATOR)
