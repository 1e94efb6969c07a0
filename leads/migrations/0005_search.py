import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations

from lib.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("leads", "0004_folded_names")]

    operations = [
        migrations.AddField(
            model_name="lead",
            name="search",
            field=django.contrib.postgres.search.SearchVectorField(editable=False, null=True),
        ),
        SQLFile(
            "search.sql",
            reverse="""
                DROP FUNCTION leads_search_follows_company CASCADE;
                DROP FUNCTION leads_search_is_kept CASCADE;
                DROP FUNCTION leads_search_of;
                DROP FUNCTION leads_beginnings;
                DROP FUNCTION leads_words;
            """,
        ),
        migrations.AddIndex(
            model_name="lead",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="lead_search"),
        ),
    ]
