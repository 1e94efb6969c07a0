"""What the front page of the admin says about messages that did not arrive."""

from django import template

from outbox import deliveries

register = template.Library()
register.simple_tag(deliveries.given_up_for)
