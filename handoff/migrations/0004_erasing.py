from django.db import migrations

from lib.operations import SQLFile


class Migration(migrations.Migration):

    dependencies = [
        ('handoff', '0003_words_of_the_pass_policy'),
        ('leads', '0020_erasure'),
    ]

    operations = [
        SQLFile("handoff_guard_erasing.sql", reverse="handoff_guard.sql"),
        SQLFile("contact_guard_erasing.sql", reverse="contact_guard.sql"),
    ]
