import django.db.models.deletion
import uuid
from django.db import migrations, models

from lib.operations import Seed, SQLFile

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
PAID = ["cpc", "ppc", "cpm", "cpv", "cpa", "paid", "paid_search", "paidsearch", "sem", "paid_social", "paidsocial", "ads", "ad"]
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
    ("Tagged as social", "organic_social", {"mediums": ["social", "social_network", "social_media", "organic_social", "sm"]}),
    ("Tagged as organic", "organic_search", {"mediums": ["organic", "organic_search"]}),
    ("Mailboxes in the browser", "email", {"site_kinds": ["mail"]}),
    ("Search engines", "organic_search", {"site_kinds": ["search"]}),
    ("Social networks", "organic_social", {"site_kinds": ["social"]}),
    ("Tagged as a referral", "referral", {"mediums": ["referral", "link"]}),
    ("Any other site", "referral", {"origin": "referrer"}),
    ("Nobody knows where from", "direct", {"origin": "nowhere"}),
)


def seed_rules(apps, schema_editor):
    sites, rules = (apps.get_model("capture", name).objects for name in ("KnownSite", "ChannelRule"))
    channels = apps.get_model("leads", "Channel").objects
    channels.get_or_create(key="ai_assistants", defaults={"name": "AI assistants"})
    for kind, name, hosts in SITES:
        for host in hosts:
            sites.get_or_create(host=host, defaults={"name": name, "kind": kind})
    if rules.exists():
        return
    for position, (name, key, asked) in enumerate(RULES, start=1):
        channel, _is_new = channels.get_or_create(key=key, defaults={"name": key.replace("_", " ").capitalize()})
        rules.create(position=position, name=name, channel=channel, **asked)


class Migration(migrations.Migration):

    dependencies = [
        ('capture', '0009_sites'),
        ('leads', '0015_custom_fields'),
    ]

    operations = [
        migrations.CreateModel(
            name='KnownSite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host', models.CharField(help_text='Such as linkedin.com. “google.*” is google.com, google.de, google.co.uk and so on.', max_length=253, unique=True, verbose_name='host')),
                ('name', models.CharField(help_text='What utm_source calls it, such as LinkedIn.', max_length=60, verbose_name='name')),
                ('kind', models.CharField(choices=[('search', 'search engine'), ('social', 'social network'), ('ai', 'AI assistant'), ('mail', 'mailbox in the browser')], max_length=10, verbose_name='kind')),
            ],
            options={
                'verbose_name': 'known site',
                'ordering': ('kind', 'name', 'host'),
                'constraints': [models.CheckConstraint(condition=models.Q(('host__regex', '^[^\\sA-Z/]+\\.[^\\sA-Z/]+$')), name='known_site_host_shape', violation_error_message='Write the host alone, such as linkedin.com.'), models.CheckConstraint(condition=models.Q(('kind__in', ['search', 'social', 'ai', 'mail'])), name='known_site_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='TagSpelling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tag', models.CharField(choices=[('source', 'utm_source'), ('medium', 'utm_medium')], max_length=10, verbose_name='tag')),
                ('spelling', models.CharField(max_length=100, verbose_name='spelling')),
                ('counts_as', models.CharField(max_length=100, verbose_name='counts as')),
            ],
            options={
                'verbose_name': 'spelling of a tag',
                'verbose_name_plural': 'spellings of tags',
                'ordering': ('tag', 'counts_as', 'spelling'),
                'constraints': [models.UniqueConstraint(fields=('tag', 'spelling'), name='tag_spelling_once'), models.CheckConstraint(condition=models.Q(models.Q(('spelling', ''), _negated=True), models.Q(('counts_as', ''), _negated=True), models.Q(('spelling', models.F('counts_as')), _negated=True)), name='tag_spelling_of_another', violation_error_message='A spelling counts as another one.'), models.CheckConstraint(condition=models.Q(('tag__in', ('source', 'medium'))), name='tag_spelling_tag_known')],
            },
        ),
        migrations.CreateModel(
            name='ChannelRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('position', models.PositiveSmallIntegerField(verbose_name='order')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('origin', models.CharField(choices=[('any', 'wherever it comes from'), ('own_mail', 'from a link in our own mail'), ('referrer', 'from another site'), ('nowhere', 'from nowhere: no other site, no tags, no click id')], default='any', max_length=10, verbose_name='comes')),
                ('sources', models.JSONField(blank=True, default=list, verbose_name='utm_source')),
                ('mediums', models.JSONField(blank=True, default=list, verbose_name='utm_medium')),
                ('click_ids', models.JSONField(blank=True, default=list, verbose_name='click ids')),
                ('hosts', models.JSONField(blank=True, default=list, verbose_name='site it comes from')),
                ('site_kinds', models.JSONField(blank=True, default=list, verbose_name='kind of site')),
                ('is_enabled', models.BooleanField(default=True, verbose_name='in use')),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='leads.channel', verbose_name='channel')),
            ],
            options={
                'verbose_name': 'channel rule',
                'ordering': ('position', 'pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(('origin__in', ('any', 'own_mail', 'referrer', 'nowhere'))), name='channel_rule_origin_known'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='channel_rule_has_name')],
            },
        ),
        SQLFile(
            "channel_rule_changes.sql",
            reverse="""
                DROP TRIGGER capture_rules_changed ON capture_channelrule;
                DROP TRIGGER capture_sites_changed ON capture_knownsite;
                DROP TRIGGER capture_spellings_changed ON capture_tagspelling;
            """,
        ),
        Seed(seed_rules),
    ]
