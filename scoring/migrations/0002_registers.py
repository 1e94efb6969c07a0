
import scoring.registry.measures
import scoring.registry.operators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0001_initial'),
        ('scoring', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='personacondition',
            name='persona_condition_complete',
        ),
        migrations.RemoveConstraint(
            model_name='rule',
            name='rule_fit_has_condition',
        ),
        migrations.AlterField(
            model_name='personacondition',
            name='operator',
            field=models.CharField(choices=scoring.registry.operators.choices, max_length=12, verbose_name='condition'),
        ),
        migrations.AlterField(
            model_name='rule',
            name='measure',
            field=models.CharField(choices=scoring.registry.measures.choices, default='activities', max_length=10, verbose_name='count'),
        ),
        migrations.AlterField(
            model_name='rule',
            name='operator',
            field=models.CharField(blank=True, choices=scoring.registry.operators.choices, max_length=12, verbose_name='condition'),
        ),
        migrations.AddConstraint(
            model_name='personacondition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('field', ''), _negated=True), ('operator__regex', '^[a-z]+(_[a-z]+)*$')), name='persona_condition_complete'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'fit'), _negated=True), models.Q(models.Q(('field', ''), _negated=True), ('operator__regex', '^[a-z]+(_[a-z]+)*$')), _connector='OR'), name='rule_fit_has_condition', violation_error_message='A fit rule needs a field and a condition.'),
        ),
    ]
