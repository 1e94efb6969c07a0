from django.db import migrations

from lib.operations import SQLFile


class Migration(migrations.Migration):

    dependencies = [
        ('handoff', '0007_text_messages'),
    ]

    operations = [
        SQLFile("handoff_goes_with_demonstration.sql", reverse="handoff_goes_with_lead.sql"),
        SQLFile("contact_goes_with_demonstration.sql", reverse="contact_guard_erasing.sql"),
    ]
