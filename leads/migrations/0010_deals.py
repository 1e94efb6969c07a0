import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What was recorded of deals while a lead had one day and one amount: a deal for each day, with what was last said of it.
KNOWN = """
INSERT INTO leads_deal (lead_id, is_won, closed_at, closed_on, amount)
SELECT lead_id, is_won, min(at), day, (array_agg(amount ORDER BY id DESC) FILTER (WHERE amount IS NOT NULL))[1]
FROM (
    SELECT id, lead_id, at, kind <> 'lead.lost' AS is_won, (at AT TIME ZONE %s)::date AS day,
           (data ->> 'amount')::numeric AS amount
    FROM leads_leadevent WHERE kind IN ('lead.customer', 'lead.amount', 'lead.lost')
) AS said
GROUP BY lead_id, is_won, day
"""
SUMS = """
UPDATE leads_lead SET amount = won.amount
FROM (SELECT lead_id, sum(amount) AS amount FROM leads_deal WHERE is_won GROUP BY lead_id) AS won
WHERE won.lead_id = leads_lead.id AND won.amount <> leads_lead.amount
"""


def keep_what_is_known(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(KNOWN, [settings.TIME_ZONE])
        cursor.execute(SUMS)


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0009_name_changes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='lead',
            name='amount',
            field=models.DecimalField(decimal_places=2, editable=False, max_digits=20, null=True, verbose_name='amount won'),
        ),
        migrations.CreateModel(
            name='Deal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(blank=True, max_length=150, null=True, verbose_name='deal id')),
                ('is_won', models.BooleanField(verbose_name='won')),
                ('closed_at', models.DateTimeField(verbose_name='closed')),
                ('closed_on', models.DateField(verbose_name='closed on')),
                ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='amount won')),
                ('lead', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='deals', to='leads.lead', verbose_name='lead')),
            ],
            options={
                'verbose_name': 'deal',
                'ordering': ('closed_at', 'pk'),
                'indexes': [models.Index(fields=['lead', 'closed_at'], name='deal_of_lead')],
                'constraints': [models.UniqueConstraint(fields=('lead', 'external_id'), name='deal_once_by_external_id'), models.CheckConstraint(condition=models.Q(('external_id', ''), _negated=True), name='deal_id_not_empty'), models.CheckConstraint(condition=models.Q(('amount', None), models.Q(('amount__gte', 0), ('is_won', True)), _connector='OR'), name='deal_amount_of_won')],
            },
        ),
        migrations.RunPython(keep_what_is_known, migrations.RunPython.noop),
    ]
