from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0017_what_websites_tell'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='activity',
            name='activity_machine_known',
        ),
        migrations.AlterField(
            model_name='activity',
            name='machine',
            field=models.PositiveSmallIntegerField(choices=[(0, 'person'), (1, 'known crawler'), (2, 'opened by a mail gateway'), (3, 'link scanner'), (4, 'marked as machine by the sender'), (5, 'program, by decision'), (6, 'browser steered by a program'), (7, 'from a data centre'), (8, 'followed a link that people do not see'), (9, 'faster than a person'), (10, 'person, by decision'), (11, 'nobody: it was taken back')], default=0, verbose_name='done by'),
        ),
        # Millions of rows are looked at by the next migration, while others go on.
        AddConstraintNotValid(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(('machine__in', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])), name='activity_machine_known'),
        ),
    ]
