from django.db import migrations, models
from django.db.models.expressions import F, Func

SORTED = r"regexp_replace(lower(normalize(%(expressions)s, NFKD)), '[\u0300-\u036f]', '', 'g')"


def key(name: str) -> Func:
    return Func(F(name), template=SORTED, output_field=models.TextField())


class Migration(migrations.Migration):
    dependencies = [("leads", "0006_lists")]
    operations = [
        migrations.RemoveIndex(model_name="lead", name="lead_by_name"),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(key("last_name"), key("first_name"), "email", "id", name="lead_by_name"),
        ),
    ]
