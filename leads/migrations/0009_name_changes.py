from django.db import migrations

from lib.operations import SQLFile


class Migration(migrations.Migration):
    dependencies = [("leads", "0008_cheaper_rows"), ("lib", "0002_changes")]

    operations = [
        SQLFile(
            "name_changes.sql",
            reverse="""
                DROP TRIGGER leads_types_changed ON leads_activitytype;
                DROP TRIGGER leads_channels_changed ON leads_channel;
                DROP TRIGGER leads_campaigns_changed ON leads_campaign;
                DROP TRIGGER leads_pages_changed ON leads_page;
                DROP TRIGGER leads_assets_changed ON leads_asset;
            """,
        ),
    ]
