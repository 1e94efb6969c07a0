import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from lib.operations import CreateModels, Seed, SQLFile

# Where anybody can have an address, whatever company they work for.
FREE_MAIL = (
    "gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es live.com "
    "live.co.uk live.fr msn.com yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.es yahoo.it yahoo.co.in yahoo.co.jp "
    "yahoo.com.br ymail.com icloud.com me.com mac.com aol.com gmx.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de "
    "freenet.de mail.com mail.ru yandex.com yandex.ru bk.ru inbox.ru list.ru rambler.ru proton.me protonmail.com pm.me "
    "tutanota.com zoho.com fastmail.com hey.com laposte.net orange.fr wanadoo.fr free.fr sfr.fr libero.it virgilio.it "
    "tiscali.it alice.it terra.com.br uol.com.br bol.com.br sapo.pt qq.com 163.com 126.com sina.com naver.com "
    "hanmail.net daum.net rediffmail.com seznam.cz centrum.cz wp.pl o2.pl onet.pl interia.pl abv.bg ukr.net "
    "comcast.net verizon.net att.net btinternet.com bigpond.com telia.com ziggo.nl kpnmail.nl bluewin.ch"
).split()

# Sites visitors come from: what they are, their hosts, and what utm_source calls them.
SITES = (
    ("search", "Google", ("google.*",)),
    ("search", "Bing", ("bing.com",)),
    ("search", "DuckDuckGo", ("duckduckgo.com",)),
    ("search", "Yahoo", ("search.yahoo.com", "yahoo.com", "search.yahoo.co.jp", "yahoo.co.jp")),
    ("search", "Ecosia", ("ecosia.org",)),
    ("search", "Startpage", ("startpage.com",)),
    ("search", "Qwant", ("qwant.com",)),
    ("search", "Brave", ("search.brave.com",)),
    ("search", "Kagi", ("kagi.com",)),
    ("search", "Baidu", ("baidu.com",)),
    ("search", "Yandex", ("yandex.*", "ya.ru")),
    ("search", "Naver", ("naver.com",)),
    ("search", "Seznam", ("seznam.cz",)),
    ("search", "Sogou", ("sogou.com",)),
    ("search", "AOL", ("search.aol.com",)),
    ("search", "Ask", ("ask.com",)),
    ("search", "Swisscows", ("swisscows.com",)),
    ("search", "Mojeek", ("mojeek.com",)),
    ("social", "LinkedIn", ("linkedin.com", "lnkd.in")),
    ("social", "Facebook", ("facebook.com", "fb.com", "fb.me", "messenger.com")),
    ("social", "Instagram", ("instagram.com", "l.instagram.com")),
    ("social", "X", ("x.com", "t.co", "twitter.com")),
    ("social", "Threads", ("threads.net", "threads.com")),
    ("social", "Bluesky", ("bsky.app", "go.bsky.app")),
    ("social", "Mastodon", ("mastodon.social", "mastodon.online")),
    ("social", "Reddit", ("reddit.com", "redd.it")),
    ("social", "YouTube", ("youtube.com", "youtu.be")),
    ("social", "TikTok", ("tiktok.com",)),
    ("social", "Pinterest", ("pinterest.*", "pin.it")),
    ("social", "Snapchat", ("snapchat.com",)),
    ("social", "WhatsApp", ("whatsapp.com", "wa.me")),
    ("social", "Telegram", ("telegram.org", "t.me")),
    ("social", "Xing", ("xing.com",)),
    ("social", "Quora", ("quora.com",)),
    ("social", "Hacker News", ("news.ycombinator.com",)),
    ("social", "VK", ("vk.com",)),
    ("social", "Weibo", ("weibo.com", "weibo.cn")),
    ("social", "Discord", ("discord.com",)),
    ("social", "Slack", ("slack.com",)),
    ("ai", "ChatGPT", ("chatgpt.com", "chat.openai.com", "openai.com")),
    ("ai", "Perplexity", ("perplexity.ai",)),
    ("ai", "Copilot", ("copilot.microsoft.com", "copilot.cloud.microsoft")),
    ("ai", "Gemini", ("gemini.google.com", "bard.google.com")),
    ("ai", "Claude", ("claude.ai",)),
    ("ai", "Mistral", ("chat.mistral.ai", "mistral.ai")),
    ("ai", "DeepSeek", ("chat.deepseek.com", "deepseek.com")),
    ("ai", "Grok", ("grok.com", "grok.x.ai")),
    ("ai", "Meta AI", ("meta.ai",)),
    ("ai", "You.com", ("you.com",)),
    ("ai", "Phind", ("phind.com",)),
    ("ai", "Poe", ("poe.com",)),
    ("mail", "Gmail", ("mail.google.com",)),
    ("mail", "Outlook", ("outlook.live.com", "outlook.office.com", "outlook.office365.com")),
    ("mail", "Yahoo Mail", ("mail.yahoo.com", "mail.yahoo.co.jp")),
    ("mail", "Proton Mail", ("mail.proton.me",)),
    ("mail", "iCloud Mail", ("icloud.com",)),
    ("mail", "Fastmail", ("app.fastmail.com",)),
    ("mail", "GMX", ("navigator.gmx.net", "navigator.gmx.com")),
    ("mail", "WEB.DE", ("navigator.web.de",)),
    ("mail", "Zoho Mail", ("mail.zoho.com", "mail.zoho.eu")),
)
PAID = [
    "cpc",
    "ppc",
    "cpm",
    "cpv",
    "cpa",
    "paid",
    "paid_search",
    "paidsearch",
    "sem",
    "paid_social",
    "paidsocial",
    "ads",
    "ad",
]
# Name, channel, and what is asked; the first that holds counts.
RULES = (
    ("Links in our own mail", "email", {"origin": "own_mail"}),
    ("Tagged as paid search", "paid_search", {"mediums": ["paid_search", "paidsearch", "sem"]}),
    ("Paid clicks of search engines", "paid_search", {"mediums": PAID, "site_kinds": ["search"]}),
    ("Tagged as paid social", "paid_social", {"mediums": ["paid_social", "paidsocial"]}),
    ("Paid clicks of social networks", "paid_social", {"mediums": PAID, "site_kinds": ["social"]}),
    ("Click ids of display ads", "display", {"click_ids": ["dclid"]}),
    ("Tagged as display ads", "display", {"mediums": ["display", "banner", "cpm", "interstitial", "programmatic"]}),
    ("Click ids of search ads", "paid_search", {"click_ids": ["gclid", "gbraid", "wbraid", "msclkid", "yclid"]}),
    ("Click ids of social ads", "paid_social", {"click_ids": ["li_fat_id", "ttclid", "twclid", "rdt_cid", "sccid"]}),
    ("Tagged as mail", "email", {"mediums": ["email", "e_mail", "mail", "newsletter", "edm"]}),
    ("Mail named as the source", "email", {"sources": ["email", "e_mail", "newsletter"]}),
    ("Tagged as a webinar", "webinar", {"mediums": ["webinar"]}),
    ("Tagged as an event", "event", {"mediums": ["event", "fair", "conference"]}),
    ("Tagged as a partner", "partner", {"mediums": ["partner", "affiliate", "reseller"]}),
    ("Tagged as outbound", "outbound", {"mediums": ["outbound", "sales", "sdr"]}),
    ("AI assistants", "ai_assistants", {"site_kinds": ["ai"]}),
    (
        "Tagged as social",
        "organic_social",
        {"mediums": ["social", "social_network", "social_media", "organic_social", "sm"]},
    ),
    ("Tagged as organic", "organic_search", {"mediums": ["organic", "organic_search"]}),
    ("Mailboxes in the browser", "email", {"site_kinds": ["mail"]}),
    ("Search engines", "organic_search", {"site_kinds": ["search"]}),
    ("Social networks", "organic_social", {"site_kinds": ["social"]}),
    ("Tagged as a referral", "referral", {"mediums": ["referral", "link"]}),
    ("Any other site", "referral", {"origin": "referrer"}),
    ("Nobody knows where from", "direct", {"origin": "nowhere"}),
)


def seed_free_mail(apps, schema_editor):
    MailDomain = apps.get_model("capture", "MailDomain")
    domains = [MailDomain(domain=domain, kind="free") for domain in FREE_MAIL]
    MailDomain.objects.bulk_create(domains, ignore_conflicts=True)


def seed_channel_rules(apps, schema_editor):
    sites, rules = (apps.get_model("capture", name) for name in ("KnownSite", "ChannelRule"))
    channels = apps.get_model("leads", "Channel").objects
    channels.get_or_create(key="ai_assistants", defaults={"name": "AI assistants"})
    sites.objects.bulk_create(
        [sites(host=host, name=name, kind=kind) for kind, name, hosts in SITES for host in hosts], ignore_conflicts=True
    )
    if rules.objects.exists():
        return
    by_key = {channel.key: channel for channel in channels.all()}
    for position, (name, key, asked) in enumerate(RULES, start=1):
        rules.objects.create(position=position, name=name, channel=by_key[key], **asked)


class Migration(migrations.Migration):
    replaces = [
        ("capture", "0001_initial"),
        ("capture", "0002_decimal_marks"),
        ("capture", "0003_rows_without_a_cell"),
        ("capture", "0004_inbox"),
        ("capture", "0005_turn"),
        ("capture", "0006_systems_of_ids"),
        ("capture", "0007_lease_of_inbox"),
        ("capture", "0008_web_forms"),
        ("capture", "0009_sites"),
        ("capture", "0010_channel_rules"),
        ("capture", "0011_kinds_of_files"),
        ("capture", "0012_midnight_of_visits"),
        ("capture", "0013_data_centres"),
        ("capture", "0014_visitors"),
        ("capture", "0015_sheets_and_consents"),
        ("capture", "0016_visitors_agree"),
        ("capture", "0017_one_way_of_limiting"),
        ("capture", "0018_superseded_cells"),
        ("capture", "0019_whose_submissions"),
        ("capture", "0020_channel_recounts"),
        ("capture", "0021_undoing"),
        ("capture", "0022_ranges_with_people"),
        ("capture", "0023_hooks"),
    ]
    initial = True

    dependencies = [
        ("leads", "0029_undoing"),
        ("lib", "0002_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="ChannelRecount",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("is_trial", models.BooleanField(verbose_name="counts alone")),
                    ("rules", models.CharField(editable=False, max_length=64)),
                    ("asked_at", models.DateTimeField(verbose_name="asked for")),
                    ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                    ("is_broken_off", models.BooleanField(db_default=False, default=False, verbose_name="broken off")),
                    ("leads", models.PositiveIntegerField(verbose_name="leads")),
                    ("leads_done", models.PositiveIntegerField(db_default=0, default=0, verbose_name="leads done")),
                    ("last_done", models.BigIntegerField(db_default=0, default=0)),
                    ("last_lead", models.BigIntegerField()),
                    ("moves", models.JSONField(default=list)),
                    (
                        "asked_by",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="asked for by",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "recount of channels",
                    "verbose_name_plural": "recounts of channels",
                    "ordering": ("-pk",),
                    "constraints": [
                        models.UniqueConstraint(
                            models.Value(1),
                            condition=models.Q(("finished_at", None)),
                            name="channel_recount_one_at_a_time",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("is_broken_off", False), ("finished_at__isnull", False), _connector="OR"
                            ),
                            name="channel_recount_broken_off_is_over",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="KnownSite",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "host",
                        models.CharField(
                            help_text="Such as linkedin.com. “google.*” is google.com, google.de, google.co.uk and so on.",
                            max_length=253,
                            unique=True,
                            verbose_name="host",
                        ),
                    ),
                    (
                        "name",
                        models.CharField(
                            help_text="What utm_source calls it, such as LinkedIn.", max_length=60, verbose_name="name"
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("search", "search engine"),
                                ("social", "social network"),
                                ("ai", "AI assistant"),
                                ("mail", "mailbox in the browser"),
                            ],
                            max_length=10,
                            verbose_name="kind",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "known site",
                    "ordering": ("kind", "name", "host"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("host__regex", "^[^\\sA-Z/]+\\.[^\\sA-Z/]+$")),
                            name="known_site_host_shape",
                            violation_error_message="Write the host alone, such as linkedin.com.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["search", "social", "ai", "mail"])),
                            name="known_site_kind_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="TagSpelling",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "tag",
                        models.CharField(
                            choices=[("source", "utm_source"), ("medium", "utm_medium")],
                            max_length=10,
                            verbose_name="tag",
                        ),
                    ),
                    ("spelling", models.CharField(max_length=100, verbose_name="spelling")),
                    ("counts_as", models.CharField(max_length=100, verbose_name="counts as")),
                ],
                options={
                    "verbose_name": "spelling of a tag",
                    "verbose_name_plural": "spellings of tags",
                    "ordering": ("tag", "counts_as", "spelling"),
                    "constraints": [
                        models.UniqueConstraint(fields=("tag", "spelling"), name="tag_spelling_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("spelling", ""), _negated=True),
                                models.Q(("counts_as", ""), _negated=True),
                                models.Q(("spelling", models.F("counts_as")), _negated=True),
                            ),
                            name="tag_spelling_of_another",
                            violation_error_message="A spelling counts as another one.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("tag__in", ("source", "medium"))), name="tag_spelling_tag_known"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ChannelRule",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ("position", models.PositiveSmallIntegerField(verbose_name="order")),
                    ("name", models.CharField(max_length=80, verbose_name="name")),
                    (
                        "origin",
                        models.CharField(
                            choices=[
                                ("any", "wherever it comes from"),
                                ("own_mail", "from a link in our own mail"),
                                ("referrer", "from another site"),
                                ("nowhere", "from nowhere: no other site, no tags, no click id"),
                            ],
                            default="any",
                            max_length=10,
                            verbose_name="comes",
                        ),
                    ),
                    ("sources", models.JSONField(blank=True, default=list, verbose_name="utm_source")),
                    ("mediums", models.JSONField(blank=True, default=list, verbose_name="utm_medium")),
                    ("click_ids", models.JSONField(blank=True, default=list, verbose_name="click ids")),
                    ("hosts", models.JSONField(blank=True, default=list, verbose_name="site it comes from")),
                    ("site_kinds", models.JSONField(blank=True, default=list, verbose_name="kind of site")),
                    ("is_enabled", models.BooleanField(default=True, verbose_name="in use")),
                    (
                        "channel",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="leads.channel",
                            verbose_name="channel",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "channel rule",
                    "ordering": ("position", "pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("origin__in", ("any", "own_mail", "referrer", "nowhere"))),
                            name="channel_rule_origin_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("name", ""), _negated=True), name="channel_rule_has_name"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="DataCentreRange",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "network",
                        models.CharField(
                            help_text="Such as 192.0.2.0/24 or 2001:db8::/32.",
                            max_length=43,
                            unique=True,
                            verbose_name="addresses",
                        ),
                    ),
                    ("owner", models.CharField(max_length=100, verbose_name="owner")),
                    (
                        "has_people",
                        models.BooleanField(
                            db_default=False,
                            default=False,
                            help_text="Such as the gateway of a company: what is done from here is a person's, whatever else is known.",
                            verbose_name="people come through it",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "range of a data centre",
                    "verbose_name_plural": "ranges of data centres",
                    "ordering": ("owner", "network", "pk"),
                },
            ),
            migrations.CreateModel(
                name="Site",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ("name", models.CharField(max_length=100, verbose_name="name")),
                    (
                        "slug",
                        models.SlugField(editable=False, max_length=60, unique=True, verbose_name="name in addresses"),
                    ),
                    (
                        "origins",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(max_length=200), size=None, verbose_name="addresses"
                        ),
                    ),
                    (
                        "write_key",
                        models.CharField(editable=False, max_length=40, unique=True, verbose_name="write key"),
                    ),
                    (
                        "server_key_nonce",
                        models.CharField(blank=True, db_default="", default="", editable=False, max_length=32),
                    ),
                    ("server_key_digest", models.CharField(editable=False, max_length=64, null=True, unique=True)),
                    (
                        "server_key_made_at",
                        models.DateTimeField(editable=False, null=True, verbose_name="server key made"),
                    ),
                    (
                        "consent_mode",
                        models.CharField(
                            choices=[
                                ("granted", "Track until somebody says no"),
                                ("pending", "Wait: keep in the browser, and send once somebody says yes"),
                                ("denied", "Do not track until somebody says yes"),
                            ],
                            default="pending",
                            help_text="The law of most European countries asks for a yes before anything is kept in a browser.",
                            max_length=10,
                            verbose_name="before somebody has chosen",
                        ),
                    ),
                    (
                        "honours_gpc",
                        models.BooleanField(
                            default=True,
                            help_text="A signal of the browser; the law of several states of the USA asks for this.",
                            verbose_name="Global Privacy Control counts as no",
                        ),
                    ),
                    (
                        "honours_dnt",
                        models.BooleanField(
                            default=True,
                            help_text="An older signal of the browser.",
                            verbose_name="Do Not Track counts as no",
                        ),
                    ),
                    (
                        "counts_denied",
                        models.BooleanField(
                            default=True,
                            help_text="How often each page was looked at, and nothing else: no cookie, no visitor, no lead.",
                            verbose_name="count visits of those who said no, without telling them apart",
                        ),
                    ),
                    ("created_at", models.DateTimeField(editable=False, verbose_name="created")),
                    (
                        "created_by",
                        models.ForeignKey(
                            editable=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                            verbose_name="made by",
                        ),
                    ),
                    (
                        "ends_visits_at_midnight",
                        models.BooleanField(
                            db_default=False,
                            default=False,
                            help_text="It always ends after half an hour without a page, and when somebody comes from elsewhere again.",
                            verbose_name="a visit ends at midnight",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "site",
                    "ordering": ("name", "pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("consent_mode__in", ["granted", "pending", "denied"])),
                            name="site_consent_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("server_key_digest", None), ("server_key_made_at", None), ("server_key_nonce", "")
                                ),
                                models.Q(
                                    models.Q(("server_key_nonce", ""), _negated=True),
                                    ("server_key_digest__isnull", False),
                                    ("server_key_made_at__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="site_server_key_whole",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("origins__len__gte", 1)), name="site_has_an_address"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="EventMeaning",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "pattern",
                        models.CharField(
                            help_text="A name as the site sends it; * stands for anything, as in *Downloaded.",
                            max_length=200,
                            verbose_name="event",
                        ),
                    ),
                    ("pattern_key", models.CharField(editable=False, max_length=200)),
                    (
                        "site",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="meanings",
                            to="capture.site",
                        ),
                    ),
                    (
                        "type",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="leads.activitytype",
                            verbose_name="is",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "meaning of an event",
                    "ordering": ("pattern", "pk"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("site", "pattern_key"),
                            name="event_meaning_once",
                            violation_error_message="There is a line for this name already, perhaps in another spelling.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("pattern_key", ""), _negated=True), name="event_meaning_not_empty"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="SeenEvent",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("name", models.CharField(max_length=200, verbose_name="event")),
                    ("times", models.PositiveBigIntegerField(default=0, verbose_name="times")),
                    ("last_at", models.DateTimeField(verbose_name="last")),
                    (
                        "site",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="seen_events",
                            to="capture.site",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "event that was seen",
                    "ordering": ("-last_at", "pk"),
                    "constraints": [models.UniqueConstraint(fields=("site", "name"), name="seen_event_once")],
                },
            ),
            migrations.CreateModel(
                name="AnonymousCount",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("on", models.DateField(verbose_name="day")),
                    ("type", models.CharField(max_length=50, verbose_name="what")),
                    ("page", models.CharField(blank=True, max_length=500, verbose_name="page")),
                    ("channel", models.CharField(blank=True, max_length=100, verbose_name="channel")),
                    ("times", models.PositiveBigIntegerField(default=0, verbose_name="times")),
                    (
                        "site",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="anonymous_counts",
                            to="capture.site",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "anonymous count",
                    "ordering": ("-on", "page", "pk"),
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("site", "on", "type", "page", "channel"), name="anonymous_count_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Sighting",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("at", models.DateTimeField()),
                    ("facts", models.JSONField()),
                    (
                        "site",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="sightings",
                            to="capture.site",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "sighting",
                    "ordering": ("-pk",),
                    "indexes": [models.Index(fields=["site", "-id"], name="sighting_newest")],
                },
            ),
            migrations.CreateModel(
                name="Hook",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ("key", models.CharField(editable=False, max_length=50, unique=True)),
                    (
                        "name",
                        models.CharField(
                            help_text="What your team calls it, such as Typeform survey.",
                            max_length=100,
                            verbose_name="name",
                        ),
                    ),
                    (
                        "system",
                        models.CharField(
                            blank=True,
                            help_text="The system whose ids of leads it sends. The same id of two systems is two leads.",
                            max_length=50,
                            verbose_name="ids of",
                        ),
                    ),
                    (
                        "proof",
                        models.CharField(
                            choices=[
                                ("none", "The address alone: whoever knows it may send"),
                                ("header", "A token in a header"),
                                ("field", "A token in the message itself (Google's lead forms)"),
                                (
                                    "signature",
                                    "A signature of the message in a header (Typeform, Meta and most others)",
                                ),
                                ("timed", "A signature of moment and message in one header (Calendly)"),
                                ("zoom", "The signature of Zoom"),
                            ],
                            default="none",
                            max_length=10,
                            verbose_name="how the sender proves itself",
                        ),
                    ),
                    (
                        "proof_name",
                        models.CharField(
                            blank=True,
                            help_text="Such as Typeform-Signature, or google_key for a token in the message.",
                            max_length=200,
                            verbose_name="name of the header or place",
                        ),
                    ),
                    ("secret", models.CharField(blank=True, max_length=200, verbose_name="secret")),
                    (
                        "verify_token",
                        models.CharField(
                            blank=True,
                            help_text="For tools that ask by GET whether the address is yours (hub.challenge). Empty: nothing is said.",
                            max_length=200,
                            verbose_name="verify token",
                        ),
                    ),
                    ("mapping", models.JSONField(default=dict, editable=False)),
                    ("is_paused", models.BooleanField(default=False, editable=False, verbose_name="paused")),
                    ("created_at", models.DateTimeField(editable=False, verbose_name="created")),
                    (
                        "created_by",
                        models.ForeignKey(
                            editable=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "verbose_name": "incoming webhook",
                    "ordering": ("name", "pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("proof__in", ["none", "header", "field", "signature", "timed", "zoom"])
                            ),
                            name="hook_proof_known",
                        ),
                        models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="hook_has_name"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("proof", "none"), models.Q(("secret", ""), _negated=True), _connector="OR"
                            ),
                            name="hook_proof_has_secret",
                            violation_error_message="Write the secret too, without which nothing can be proved.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("proof__in", ("header", "field", "signature", "timed")), _negated=True),
                                models.Q(("proof_name", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="hook_proof_has_name",
                            violation_error_message="Write where the token or the signature stands.",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="HookMessage",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("digest", models.CharField(editable=False, max_length=64)),
                    ("body", models.TextField(verbose_name="as sent")),
                    ("received_at", models.DateTimeField(verbose_name="received")),
                    ("last_at", models.DateTimeField(verbose_name="last received")),
                    ("times", models.PositiveIntegerField(db_default=1, default=1, verbose_name="times")),
                    (
                        "outcome",
                        models.CharField(
                            choices=[
                                ("to_take", "waits"),
                                ("taken", "taken"),
                                ("ignored", "of no use"),
                                ("refused", "not taken"),
                            ],
                            default="to_take",
                            max_length=10,
                            verbose_name="what became of it",
                        ),
                    ),
                    ("code", models.CharField(blank=True, max_length=50, verbose_name="code")),
                    ("detail", models.TextField(blank=True, verbose_name="what is wrong")),
                    ("made", models.PositiveIntegerField(default=0, verbose_name="brought")),
                    (
                        "hook",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="messages",
                            to="capture.hook",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "message of a webhook",
                    "verbose_name_plural": "messages of webhooks",
                    "ordering": ("-last_at", "-pk"),
                    "indexes": [
                        models.Index(fields=["hook", "-last_at"], name="hook_message_latest"),
                        models.Index(
                            condition=models.Q(("outcome__in", ["to_take", "refused"])),
                            fields=["hook", "received_at"],
                            name="hook_message_to_take",
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("hook", "digest"), name="hook_message_once"),
                        models.CheckConstraint(
                            condition=models.Q(("outcome__in", ["to_take", "taken", "ignored", "refused"])),
                            name="hook_message_outcome_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ImportBatch",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("leads", "leads"),
                                ("companies", "companies"),
                                ("activities", "activities (what leads did)"),
                                ("outcomes", "outcomes (who became a customer)"),
                                ("spend", "spend (what advertising cost)"),
                                ("consents", "consents (what people allowed)"),
                                ("suppressions", "addresses to be left alone"),
                            ],
                            default="leads",
                            max_length=12,
                            verbose_name="kind",
                        ),
                    ),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("uploaded", "columns to be mapped"),
                                ("ready", "ready to run"),
                                ("running", "running"),
                                ("done", "done"),
                                ("failed", "stopped"),
                            ],
                            default="uploaded",
                            max_length=10,
                            verbose_name="state",
                        ),
                    ),
                    ("file_name", models.CharField(max_length=200, verbose_name="file")),
                    ("stored_as", models.CharField(blank=True, max_length=100)),
                    ("encoding", models.CharField(max_length=20, verbose_name="encoding")),
                    ("delimiter", models.CharField(max_length=1, verbose_name="separator")),
                    ("columns", models.JSONField(default=list, verbose_name="columns")),
                    ("mapping", models.JSONField(default=dict, verbose_name="mapping")),
                    ("time_zone", models.CharField(default="UTC", max_length=64, verbose_name="time zone")),
                    ("date_orders", models.JSONField(default=dict)),
                    ("new_channels", models.JSONField(default=list)),
                    ("rows", models.PositiveIntegerField(default=0, verbose_name="rows")),
                    ("created", models.PositiveIntegerField(default=0, verbose_name="new")),
                    ("updated", models.PositiveIntegerField(default=0, verbose_name="changed")),
                    ("unchanged", models.PositiveIntegerField(default=0, verbose_name="as before")),
                    ("rejected", models.PositiveIntegerField(default=0, verbose_name="not used")),
                    ("done_to_line", models.PositiveIntegerField(default=0)),
                    ("attempts", models.PositiveSmallIntegerField(default=0)),
                    ("message", models.TextField(blank=True)),
                    ("created_at", models.DateTimeField(verbose_name="created")),
                    ("touched_at", models.DateTimeField()),
                    ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                    (
                        "created_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("decimal_marks", models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
                    ("incomplete", models.PositiveIntegerField(db_default=0, default=0, verbose_name="without a cell")),
                    ("is_strict", models.BooleanField(db_default=False, default=False)),
                    (
                        "turn",
                        models.CharField(
                            choices=[
                                (
                                    "waits",
                                    "They wait for their turn: so many a day go to sales, the highest scores first",
                                ),
                                ("now", "They go to sales at once, all of them"),
                                ("never", "They do not go to sales until they do something themselves that scores"),
                            ],
                            db_default="waits",
                            default="waits",
                            max_length=10,
                            verbose_name="leads that qualify",
                        ),
                    ),
                    (
                        "system",
                        models.CharField(blank=True, db_default="", default="", max_length=50, verbose_name="ids of"),
                    ),
                    ("fixed", models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
                    ("is_corrected", models.BooleanField(db_default=False, default=False)),
                    ("preamble_lines", models.PositiveSmallIntegerField(db_default=0, default=0)),
                    (
                        "sheet",
                        models.CharField(blank=True, db_default="", default="", max_length=100, verbose_name="sheet"),
                    ),
                    ("stages", models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
                    ("sheets", models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
                    ("superseded", models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
                    ("is_recorded", models.BooleanField(db_default=False, default=False)),
                ],
                options={
                    "verbose_name": "import",
                    "ordering": ("-created_at", "-pk"),
                    "indexes": [
                        models.Index(
                            condition=models.Q(("state", "running")), fields=["touched_at"], name="import_running"
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "done"), _negated=True),
                                (
                                    "rows",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("created"), "+", models.F("updated")
                                            ),
                                            "+",
                                            models.F("unchanged"),
                                        ),
                                        "+",
                                        models.F("rejected"),
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="import_every_row_counted",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ImportedLead",
                fields=[
                    (
                        "lead",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="imported",
                            serialize=False,
                            to="leads.lead",
                        ),
                    ),
                    (
                        "batch",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="leads", to="capture.importbatch"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "imported lead",
                },
            ),
            migrations.CreateModel(
                name="ImportProblem",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("line", models.PositiveIntegerField(verbose_name="line")),
                    ("column", models.CharField(blank=True, max_length=200, verbose_name="column")),
                    ("code", models.CharField(max_length=50)),
                    ("message", models.TextField(verbose_name="what is wrong")),
                    (
                        "batch",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="problems",
                            to="capture.importbatch",
                        ),
                    ),
                    ("is_taken", models.BooleanField(db_default=False, default=False)),
                    ("weight", models.PositiveIntegerField(db_default=1, default=1)),
                ],
                options={
                    "verbose_name": "problem",
                    "ordering": ("line", "pk"),
                    "constraints": [
                        models.UniqueConstraint(fields=("batch", "line"), name="import_problem_once_a_line")
                    ],
                },
            ),
            migrations.CreateModel(
                name="InboxItem",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("received_at", models.DateTimeField(verbose_name="received")),
                    ("source", models.CharField(max_length=110, verbose_name="sent by")),
                    ("agent", models.CharField(max_length=100, verbose_name="acts as")),
                    ("events", models.PositiveSmallIntegerField(verbose_name="events")),
                    ("raw", models.TextField(verbose_name="as sent")),
                    ("attempts", models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="attempts")),
                    (
                        "system",
                        models.CharField(blank=True, db_default="", default="", max_length=50, verbose_name="ids of"),
                    ),
                    ("lease_until", models.DateTimeField(null=True)),
                    (
                        "kind",
                        models.CharField(db_default="events", default="events", max_length=20, verbose_name="kind"),
                    ),
                ],
                options={
                    "verbose_name": "request in the inbox",
                    "verbose_name_plural": "requests in the inbox",
                },
            ),
            migrations.CreateModel(
                name="MailDomain",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "domain",
                        models.CharField(
                            help_text="Such as example.com.", max_length=253, unique=True, verbose_name="domain"
                        ),
                    ),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("free", "free mail provider"),
                                ("disposable", "addresses that are thrown away"),
                                ("ordinary", "like any other"),
                            ],
                            max_length=10,
                            verbose_name="kind",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "mail domain",
                    "ordering": ("domain",),
                },
            ),
            migrations.CreateModel(
                name="QuarantinedEvent",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("received_at", models.DateTimeField(verbose_name="received")),
                    ("source", models.CharField(max_length=100, verbose_name="sent by")),
                    ("code", models.CharField(max_length=50, verbose_name="code")),
                    ("field", models.CharField(blank=True, max_length=100, verbose_name="field")),
                    ("detail", models.TextField(verbose_name="what is wrong")),
                    ("raw", models.TextField(verbose_name="as sent")),
                    ("replayed_at", models.DateTimeField(blank=True, null=True, verbose_name="sent again")),
                    (
                        "system",
                        models.CharField(blank=True, db_default="", default="", max_length=50, verbose_name="ids of"),
                    ),
                    (
                        "kind",
                        models.CharField(db_default="events", default="events", max_length=20, verbose_name="kind"),
                    ),
                ],
                options={
                    "verbose_name": "event in quarantine",
                    "verbose_name_plural": "events in quarantine",
                    "ordering": ("-received_at", "-pk"),
                    "indexes": [
                        models.Index(
                            condition=models.Q(("replayed_at__isnull", True)),
                            fields=["-received_at"],
                            name="quarantine_waiting",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Form",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    (
                        "name",
                        models.CharField(
                            help_text="For you and your colleagues, such as: Demo request.",
                            max_length=100,
                            verbose_name="name",
                        ),
                    ),
                    (
                        "title",
                        models.CharField(
                            help_text="What people read above the form.", max_length=150, verbose_name="heading"
                        ),
                    ),
                    ("intro", models.TextField(blank=True, max_length=2000, verbose_name="introduction")),
                    (
                        "button",
                        models.CharField(
                            default="Send",
                            help_text="Say what happens: Send me the guide.",
                            max_length=60,
                            verbose_name="text of the button",
                        ),
                    ),
                    (
                        "thanks_title",
                        models.CharField(default="Thank you", max_length=150, verbose_name="heading afterwards"),
                    ),
                    (
                        "thanks_text",
                        models.TextField(
                            default="We have what you sent, and will be in touch.",
                            max_length=2000,
                            verbose_name="message afterwards",
                        ),
                    ),
                    (
                        "redirect_url",
                        models.URLField(
                            blank=True,
                            help_text="Such as https://www.example.com/thanks. Empty: the message is shown.",
                            max_length=500,
                            verbose_name="page they go on to",
                        ),
                    ),
                    (
                        "mail_subject",
                        models.CharField(
                            blank=True,
                            help_text="Empty: no mail is sent.",
                            max_length=150,
                            verbose_name="subject of the mail",
                        ),
                    ),
                    ("mail_text", models.TextField(blank=True, max_length=5000, verbose_name="text of the mail")),
                    (
                        "needs_confirmation",
                        models.BooleanField(
                            default=False,
                            help_text="They get a mail with a link. Nothing counts before they follow it and press the button.",
                            verbose_name="The address must be confirmed",
                        ),
                    ),
                    (
                        "confirm_hours",
                        models.PositiveSmallIntegerField(
                            default=72,
                            help_text="Afterwards the link does nothing any more.",
                            verbose_name="hours to confirm",
                        ),
                    ),
                    (
                        "free_mail",
                        models.CharField(
                            choices=[
                                ("welcome", "take it like any other"),
                                ("review", "keep it for review"),
                                ("refuse", "ask for another address"),
                            ],
                            default="welcome",
                            max_length=10,
                            verbose_name="addresses at free mail providers",
                        ),
                    ),
                    (
                        "disposable_mail",
                        models.CharField(
                            choices=[
                                ("welcome", "take it like any other"),
                                ("review", "keep it for review"),
                                ("refuse", "ask for another address"),
                            ],
                            default="review",
                            max_length=10,
                            verbose_name="addresses that are thrown away",
                        ),
                    ),
                    (
                        "least_seconds",
                        models.PositiveSmallIntegerField(
                            default=3,
                            help_text="Who is faster is kept for review. 0: no limit.",
                            verbose_name="seconds a person needs",
                        ),
                    ),
                    (
                        "most_per_minute",
                        models.PositiveSmallIntegerField(
                            default=10,
                            help_text="From one internet address; more are kept for review.",
                            verbose_name="submissions a minute",
                        ),
                    ),
                    ("origins", models.JSONField(blank=True, default=list, verbose_name="websites it may stand on")),
                    (
                        "takes_posts",
                        models.BooleanField(
                            default=False,
                            help_text="For a form that stands on your website already and posts to the address of this one.",
                            verbose_name="Take what other forms post here",
                        ),
                    ),
                    ("mapping", models.JSONField(blank=True, default=dict)),
                    (
                        "honeypot",
                        models.CharField(default="your_website", max_length=50, verbose_name="field that stays empty"),
                    ),
                    (
                        "questions_at_once",
                        models.PositiveSmallIntegerField(default=0, verbose_name="questions at a time"),
                    ),
                    (
                        "accent",
                        models.CharField(
                            choices=[
                                ("teal", "teal"),
                                ("blue", "blue"),
                                ("green", "green"),
                                ("purple", "purple"),
                                ("berry", "berry"),
                                ("orange", "orange"),
                                ("ink", "black and white"),
                            ],
                            default="teal",
                            max_length=10,
                            verbose_name="colour",
                        ),
                    ),
                    (
                        "radius",
                        models.CharField(
                            choices=[("sharp", "sharp corners"), ("soft", "soft corners"), ("round", "round corners")],
                            default="soft",
                            max_length=10,
                            verbose_name="corners",
                        ),
                    ),
                    (
                        "font_size",
                        models.CharField(
                            choices=[("small", "small"), ("medium", "medium"), ("large", "large")],
                            default="medium",
                            max_length=10,
                            verbose_name="size of the text",
                        ),
                    ),
                    ("created_at", models.DateTimeField(verbose_name="created")),
                    ("changed_at", models.DateTimeField(verbose_name="changed")),
                    ("archived_at", models.DateTimeField(blank=True, null=True, verbose_name="archived")),
                    (
                        "asset",
                        models.ForeignKey(
                            blank=True,
                            help_text="Counts as a download of it.",
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="leads.asset",
                            verbose_name="content they get",
                        ),
                    ),
                    (
                        "created_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "verbose_name": "form",
                    "ordering": ("name", "pk"),
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("redirect_url", ""), ("redirect_url__startswith", "https://"), _connector="OR"
                            ),
                            name="form_redirects_by_https",
                            violation_error_message="The page they go on to begins with https://.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("confirm_hours__range", (1, 720))),
                            name="form_confirmed_within_a_month",
                            violation_error_message="Between 1 and 720 hours.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("honeypot", ""), _negated=True), name="form_has_honeypot"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="FormField",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("position", models.PositiveSmallIntegerField()),
                    ("ask", models.CharField(max_length=80, verbose_name="what is asked")),
                    ("label", models.CharField(max_length=150, verbose_name="label")),
                    ("help", models.CharField(blank=True, max_length=300, verbose_name="help")),
                    ("is_required", models.BooleanField(default=False, verbose_name="must be filled in")),
                    ("choices", models.JSONField(blank=True, default=list, verbose_name="choices")),
                    ("consent_text", models.TextField(blank=True, max_length=2000, verbose_name="consent text")),
                    ("purpose", models.CharField(blank=True, max_length=50, verbose_name="purpose")),
                    (
                        "is_queued",
                        models.BooleanField(default=False, verbose_name="Ask when what stands before is known"),
                    ),
                    (
                        "form",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="form_fields", to="capture.form"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "question",
                    "ordering": ("position", "pk"),
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("ask", "consent"), _negated=True),
                            fields=("form", "ask"),
                            name="form_asks_once",
                            violation_error_message="The form asks this already.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("ask", "consent"), _negated=True),
                                models.Q(
                                    models.Q(("consent_text", ""), _negated=True),
                                    models.Q(("purpose", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="form_consent_has_text",
                            violation_error_message="A consent needs its text and its purpose.",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("is_queued", False),
                                models.Q(("ask__in", ("email", "consent")), _negated=True),
                                _connector="OR",
                            ),
                            name="form_always_asks_address",
                            violation_error_message="The address and consents are asked each time.",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="FormViews",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("on", models.DateField()),
                    ("views", models.PositiveIntegerField(default=0)),
                    (
                        "form",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="views",
                            to="capture.form",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "views of a form",
                    "constraints": [models.UniqueConstraint(fields=("form", "on"), name="form_views_once_a_day")],
                },
            ),
            migrations.CreateModel(
                name="Submission",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                    ("lease_until", models.DateTimeField(null=True)),
                    ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ("received_at", models.DateTimeField(verbose_name="received")),
                    (
                        "came_by",
                        models.CharField(
                            choices=[
                                ("page", "the form's own page"),
                                ("embed", "a form within a page"),
                                ("post", "a form of another page"),
                            ],
                            max_length=5,
                            verbose_name="came by",
                        ),
                    ),
                    ("raw", models.JSONField(verbose_name="as sent")),
                    ("page", models.CharField(blank=True, max_length=500, verbose_name="page")),
                    ("visitor", models.UUIDField(null=True)),
                    ("showing", models.CharField(blank=True, max_length=40)),
                    (
                        "verdict",
                        models.CharField(
                            choices=[
                                ("to_take", "to be taken"),
                                ("unconfirmed", "waits for confirmation"),
                                ("as_lead", "taken"),
                                ("unusable", "cannot be used"),
                                ("suspect", "kept for review"),
                                ("not_confirmed", "was not confirmed"),
                                ("went_wrong", "went wrong"),
                            ],
                            default="to_take",
                            max_length=15,
                            verbose_name="what became of it",
                        ),
                    ),
                    ("code", models.CharField(blank=True, max_length=50)),
                    ("reason", models.TextField(blank=True, verbose_name="why")),
                    ("is_overruled", models.BooleanField(default=False)),
                    ("next_try_at", models.DateTimeField(null=True)),
                    ("confirm_by", models.DateTimeField(null=True)),
                    ("confirmed_at", models.DateTimeField(null=True)),
                    ("taken_at", models.DateTimeField(null=True, verbose_name="taken")),
                    ("made_lead", models.BooleanField(default=False)),
                    ("differences", models.JSONField(default=dict)),
                    ("consents", models.JSONField(default=list)),
                    (
                        "form",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="submissions",
                            to="capture.form",
                        ),
                    ),
                    (
                        "lead",
                        models.ForeignKey(
                            null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="leads.lead"
                        ),
                    ),
                    ("person", models.CharField(blank=True, db_default="", default="", max_length=16)),
                ],
                options={
                    "verbose_name": "submission",
                    "ordering": ("-received_at", "-pk"),
                    "indexes": [
                        models.Index(fields=["form", "-received_at", "-id"], name="submission_of_form"),
                        models.Index(
                            condition=models.Q(("lead__isnull", False)),
                            fields=["form", "lead"],
                            name="submission_form_lead",
                        ),
                        models.Index(
                            condition=models.Q(("verdict", "to_take")),
                            fields=["next_try_at"],
                            name="submission_to_take",
                        ),
                        models.Index(
                            condition=models.Q(("verdict", "unconfirmed")),
                            fields=["confirm_by"],
                            name="submission_unconfirmed",
                        ),
                        models.Index(
                            condition=models.Q(("person", ""), _negated=True),
                            fields=["person", "-received_at"],
                            name="submission_of_person",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "verdict__in",
                                    [
                                        "to_take",
                                        "unconfirmed",
                                        "as_lead",
                                        "unusable",
                                        "suspect",
                                        "not_confirmed",
                                        "went_wrong",
                                    ],
                                )
                            ),
                            name="submission_verdict_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("lead__isnull", False), ("taken_at__isnull", False), ("verdict", "as_lead")),
                                models.Q(
                                    models.Q(("verdict", "as_lead"), _negated=True), ("lead", None), ("taken_at", None)
                                ),
                                _connector="OR",
                            ),
                            name="submission_taken_has_lead",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("verdict", "to_take"), _negated=True),
                                ("next_try_at__isnull", False),
                                _connector="OR",
                            ),
                            name="submission_to_take_has_turn",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("verdict", "unconfirmed"), _negated=True),
                                ("confirm_by__isnull", False),
                                _connector="OR",
                            ),
                            name="submission_unconfirmed_expires",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("verdict__in", ("unusable", "suspect", "went_wrong")), _negated=True),
                                models.Q(("code", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="submission_aside_says_why",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ImportChange",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("source", models.CharField(max_length=40)),
                    ("key", models.BigIntegerField()),
                    ("before", models.JSONField(null=True)),
                    ("after", models.JSONField(null=True)),
                    (
                        "batch",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="changes",
                            to="capture.importbatch",
                        ),
                    ),
                    (
                        "lead",
                        models.ForeignKey(
                            null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="leads.lead"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "change by an import",
                    "verbose_name_plural": "changes by imports",
                    "ordering": ("-pk",),
                    "indexes": [models.Index(fields=["batch", "-id"], name="import_change_latest")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("before__isnull", True), ("after__isnull", False), _connector="OR"),
                            name="import_change_has_both_sides",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ImportUndo",
                fields=[
                    (
                        "batch",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="undo",
                            serialize=False,
                            to="capture.importbatch",
                        ),
                    ),
                    ("asked_at", models.DateTimeField(verbose_name="asked for")),
                    ("total", models.PositiveIntegerField(default=0)),
                    ("leads_to", models.BigIntegerField(default=0)),
                    ("results", models.JSONField(default=dict)),
                    ("attempts", models.PositiveSmallIntegerField(default=0)),
                    ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                    ("message", models.TextField(blank=True)),
                    (
                        "asked_by",
                        models.ForeignKey(
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "verbose_name": "undoing of an import",
                    "verbose_name_plural": "undoing of imports",
                    "indexes": [
                        models.Index(
                            condition=models.Q(("finished_at", None)), fields=["asked_at"], name="import_undo_owed"
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("message", ""), ("finished_at__isnull", False), _connector="OR"),
                            name="import_undo_given_up_ends",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Visitor",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("key", models.CharField(max_length=110, verbose_name="id")),
                    ("first_seen_at", models.DateTimeField(verbose_name="first seen")),
                    ("description", models.JSONField(default=dict)),
                    (
                        "site",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="visitors",
                            to="capture.site",
                        ),
                    ),
                    ("agreed_at", models.DateTimeField(null=True, verbose_name="agreed to be tracked")),
                ],
                options={
                    "verbose_name": "visitor",
                    "ordering": ("-pk",),
                    "constraints": [
                        models.UniqueConstraint(fields=("key", "site"), name="visitor_once"),
                        models.CheckConstraint(
                            condition=models.Q(("key", ""), _negated=True), name="visitor_key_not_empty"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Identification",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("at", models.DateTimeField(verbose_name="from")),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("attributed", "the lead's"),
                                ("candidate", "said to be the lead's"),
                                ("dropped", "not the lead's"),
                            ],
                            max_length=10,
                            verbose_name="state",
                        ),
                    ),
                    ("is_verified", models.BooleanField(default=False, verbose_name="verified")),
                    ("claimed", models.JSONField(default=dict, verbose_name="said of themselves")),
                    ("recorded_at", models.DateTimeField(verbose_name="recorded")),
                    ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                    (
                        "decided_by",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "lead",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="identifications",
                            to="leads.lead",
                        ),
                    ),
                    (
                        "visitor",
                        models.ForeignKey(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="identifications",
                            to="capture.visitor",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "identification",
                    "ordering": ("at", "pk"),
                    "indexes": [
                        models.Index(
                            condition=models.Q(("state", "candidate")),
                            fields=["-recorded_at"],
                            name="identification_waiting",
                        ),
                        models.Index(fields=["lead"], name="identification_of_lead"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["attributed", "candidate", "dropped"])),
                            name="identification_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("decided_at", None), ("decided_by", None)),
                                models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                                _connector="OR",
                            ),
                            name="identification_decision_whole",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "candidate"), _negated=True),
                                models.Q(("decided_at", None), ("is_verified", False)),
                                _connector="OR",
                            ),
                            name="identification_candidate_undecided",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="JoinRequest",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("made_at", models.DateTimeField()),
                    ("due_at", models.DateTimeField()),
                    (
                        "visitor",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="+",
                            to="capture.visitor",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "visitor to be joined",
                    "indexes": [models.Index(fields=["due_at"], name="join_due")],
                },
            ),
            migrations.CreateModel(
                name="VisitorEvent",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("message_key", models.UUIDField(unique=True)),
                    ("occurred_at", models.DateTimeField(verbose_name="when")),
                    ("received_at", models.DateTimeField(verbose_name="received")),
                    ("event", models.TextField(verbose_name="event")),
                    ("machine", models.PositiveSmallIntegerField(default=0, verbose_name="done by")),
                    (
                        "visitor",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="events",
                            to="capture.visitor",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "event of a visitor",
                    "verbose_name_plural": "events of visitors",
                    "ordering": ("occurred_at", "pk"),
                    "indexes": [models.Index(fields=["visitor", "occurred_at"], name="visitor_event_in_order")],
                },
            ),
            migrations.CreateModel(
                name="ClaimedLead",
                fields=[
                    (
                        "lead",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.CASCADE,
                            primary_key=True,
                            related_name="+",
                            serialize=False,
                            to="leads.lead",
                        ),
                    ),
                    (
                        "site",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE, related_name="+", to="capture.site"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "lead known by claims",
                },
            ),
        ),
        SQLFile("site_changes.sql", reverse="DROP TRIGGER capture_sites_changed ON capture_site"),
        SQLFile(
            "channel_rule_changes.sql",
            reverse="DROP TRIGGER capture_rules_changed ON capture_channelrule; DROP TRIGGER capture_sites_changed ON capture_knownsite; DROP TRIGGER capture_spellings_changed ON capture_tagspelling",
        ),
        SQLFile(
            "data_centres_changed.sql", reverse="DROP TRIGGER capture_datacentres_changed ON capture_datacentrerange"
        ),
        SQLFile("meaning_changes.sql", reverse="DROP TRIGGER capture_meanings_changed ON capture_eventmeaning"),
        SQLFile("hook_changes.sql", reverse="DROP TRIGGER capture_hooks_changed ON capture_hook"),
        SQLFile("import_changes.sql", reverse="DROP FUNCTION capture_note_import() CASCADE"),
        Seed(seed_free_mail),
        Seed(seed_channel_rules),
    ]
