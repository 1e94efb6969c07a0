from django.db import migrations

from lib.operations import SQLFile


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0022_identifiers'),
    ]

    operations = [
        SQLFile("identifiers_known.sql", reverse="DELETE FROM leads_leadidentifier"),
        # What it promised is promised by the identifiers.
        migrations.RemoveConstraint(
            model_name='lead',
            name='lead_once_by_id_and_system',
        ),
    ]
