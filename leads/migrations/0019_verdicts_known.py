from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0018_more_verdicts'),
    ]

    operations = [
        ValidateConstraint(model_name='activity', name='activity_machine_known'),
    ]
