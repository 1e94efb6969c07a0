"""A file is taken for what it is: recognised by the names of its columns, and each kind with its own right values."""

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from accounts.models import User
from capture.importing import files, run
from capture.importing.kinds.register import KINDS
from capture.importing.plan import new_batch, set_mapping, stages_of
from capture.importing.preview import dry_run
from capture.importing.problems import Unreadable
from capture.importing.recognition import recognise
from capture.models import ImportBatch
from leads.models import Activity, Company, Deal, Lead, Spend

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_root(settings: Settings, tmp_path: Path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }


Import = Callable[..., ImportBatch]
# Columns, a row, what the file is and whose ids it holds.
LAYOUTS: Final = [
    (
        "Record ID,First Name,Last Name,Email,Contact owner,Lead Status",
        "1,Ann,Lee,a@x.example,r@own.example,New",
        "leads",
        "hubspot",
    ),
    (
        "Record ID,Company name,Company owner,Industry",
        "1,Acme,r@own.example,Steel",
        "companies",
        "",
    ),
    (
        "Record ID,Deal Name,Deal Stage,Close Date,Amount,Associated Contact IDs",
        "1,Big,closedwon,2026-01-02,5,77",
        "outcomes",
        "hubspot",
    ),
    (
        "Person - Name,Person - ID,Person - Email,Organization - Name",
        "Ann Lee,5,a@x.example,Acme",
        "leads",
        "pipedrive",
    ),
    (
        "Deal - ID,Deal - Title,Deal - Status,Deal - Won time,Person - ID",
        "1,Big,Won,2026-01-02,5",
        "outcomes",
        "pipedrive",
    ),
    (
        "Id,LastName,FirstName,LeadSource,IsConverted,Email",
        "00Q1,Lee,Ann,Web,0,a@x.example",
        "leads",
        "salesforce",
    ),
    (
        "Email Address,First Name,MEMBER_RATING,OPTIN_TIME",
        "a@x.example,Ann,2,2026-01-02 10:00:00",
        "leads",
        "",
    ),
    (
        "EMAIL,NOM,PRENOM,SMS,ADDED_TIME",
        "a@x.example,Lee,Ann,33612345678,2026-01-02",
        "leads",
        "",
    ),
    (
        "Email,First Name,Date Created,Tags,IP Address",
        "a@x.example,Ann,2026-01-02,,",
        "leads",
        "activecampaign",
    ),
    (
        "id,email,date_identified,points",
        "1,a@x.example,2026-01-02,5",
        "leads",
        "mautic",
    ),
    (
        "date_hit,url,email",
        "2026-01-02 10:00:00,https://own.example/pricing,a@x.example",
        "activities",
        "mautic",
    ),
    (
        "Day,Campaign,Cost,Impr.,Clicks",
        "2026-01-02,Brand,3.20,10,1",
        "spend",
        "",
    ),
    (
        "Reporting starts,Reporting ends,Campaign name,Amount spent (EUR)",
        "2026-01-01,2026-01-31,Brand,3.20",
        "spend",
        "",
    ),
    (
        "Start Date (in UTC),Campaign Name,Total Spent,Impressions",
        "1/31/2026,Brand,3.20,9",
        "spend",
        "",
    ),
    (
        "البريد الإلكتروني,الاسم الأول",
        "a@x.example,سارة",
        "leads",
        "",
    ),
    (
        "メールアドレス,姓,名",
        "a@x.example,山田,花子",
        "leads",
        "",
    ),
]


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.created, batch.updated, batch.unchanged, batch.rejected


@pytest.fixture
def take(now: datetime) -> Import:
    """`take("email,name\\n...")`: the file as what it is, or as `kind`, run to its end."""

    def imported(content: str | bytes, *, kind: str = "", **fixed: str) -> ImportBatch:
        file = io.BytesIO(content if isinstance(content, bytes) else content.encode())
        batch = new_batch(file, name="file.csv", kind=kind, time_zone="UTC", actor=None, now=now)
        batch.fixed |= fixed
        set_mapping(batch, file, batch.mapping, orders={})
        tried, _qualifying = dry_run(batch, file, now=now)
        batch.stored_as = files.store(file)
        batch.save()
        run.start(batch.pk, now=now)
        assert run.run(batch.pk, clock=lambda: now)
        batch.refresh_from_db()
        assert (tried.created, tried.updated, tried.unchanged, tried.rejected) == counts(batch)
        return batch

    return imported


def told(content: str, *, kind: str = "") -> str:
    with pytest.raises(Unreadable) as refused:
        new_batch(
            io.BytesIO(content.encode()), name="file.csv", kind=kind, time_zone="UTC", actor=None, now=datetime.now(UTC)
        )
    return str(refused.value)


class TestWhatItIs:
    @pytest.mark.parametrize(
        ("heads", "row", "kind", "system"),
        LAYOUTS,
    )
    def test_it_is_known_by_its_columns(self, heads: str, row: str, kind: str, system: str) -> None:
        known = recognise(heads.split(","), [row.split(",")])
        assert (known.kind, known.system) == (kind, system)
        assert known.sentence.endswith(f"import it as {kind}.")

    def test_every_kind_a_batch_can_have_is_declared(self) -> None:
        assert list(KINDS) == ImportBatch.Kind.values

    def test_an_ads_report_is_no_list_of_leads(self) -> None:
        report = "date,cost_micros,impressions\n2026-01-02,1000000,5\n"
        sentence = "This is an ads report (Google Ads): import it as spend."
        assert told(report, kind="leads") == told(report, kind="outcomes") == sentence

    @pytest.mark.parametrize(
        "content",
        [
            "Record ID,Company name,Company owner\n1,Acme,rep@own.example\n",
            "Record ID,Deal Name,Deal Stage,Close Date,Deal owner\n1,Big,closedwon,2026-01-02,rep@own.example\n",
            "Deal Name,Close Date,Deal Owner\nBig,2026-01-02,rep@own.example\n",
            "Activity type,Date,Assigned to,Note\nCall,2026-01-02,rep@own.example,hm\n",
        ],
    )
    def test_the_owner_of_a_record_is_never_the_lead(self, content: str) -> None:
        for kind in ("leads", "outcomes"):
            told(content, kind=kind)
        assert not Lead.objects.exists()

    def test_a_colleague_is_no_lead(self, take: Import, rep: User) -> None:
        User.objects.filter(pk=rep.pk).update(email="Rui.Rapid@Example.com")
        batch = take("email,name\nann@x.example,Ann\nrui.rapid@example.com,Rui\n")
        assert counts(batch) == (1, 0, 0, 1)
        assert batch.problems.get().code == "own_staff"

    def test_what_nothing_tells_a_person_may_say(self) -> None:
        assert "cannot tell" in told("alpha,beta\n1,2\n")
        batch = new_batch(
            io.BytesIO(b"alpha,beta\n1,2\n"), name="f", kind="leads", time_zone="UTC", actor=None, now=datetime.now(UTC)
        )
        assert batch.mapping == {}

    @pytest.mark.parametrize(
        ("heads", "sentence"),
        [
            ("contact_id,timestamp,source,name,value,source_id", "a history of values"),
            ("guid,form_type,submit_text", "a list of forms"),
            ("browser,location,user_agent,url", "no column says whose"),
            ("creative_id,key,value", "settings of advertisements"),
            ("platform,total_leads,conversion_rate", "totals by platform"),
            ("WhoId,Subject,Priority,ActivityDate", "a list of tasks"),
        ],
    )
    def test_what_holds_nothing_for_us_is_said(self, heads: str, sentence: str) -> None:
        row = ",".join("x" for _name in heads.split(","))
        assert sentence in told(f"{heads}\n{row}\n")


class TestReports:
    REPORT = (
        "Campaign report\n1 January 2026 - 31 January 2026\n"
        "Campaign,Currency code,Cost,Impr.,Clicks\n"
        'Brand,EUR,"1,200.50",100,5\nFairs,EUR,10.00,3,1\nBrand,EUR,0.50,1,1\n'
        'Total: Campaigns, --,"1,211.00",104,7\n'
    )

    @pytest.mark.parametrize("encode", [lambda text: text, lambda text: text.replace(",", "\t").encode("utf-16")])
    def test_title_days_and_totals(self, take: Import, encode: Callable[[str], Any]) -> None:
        content = self.REPORT if encode("") == "" else self.REPORT.replace('"1,200.50"', "1200.50").replace(
            '"1,211.00"', "1211.00"
        )  # fmt: skip
        batch = take(encode(content))
        assert (batch.kind, counts(batch)) == ("spend", (3, 0, 0, 1))
        assert batch.problems.get().code == "totals_row"
        brand = Spend.objects.get(campaign__name="Brand")
        assert (brand.channel.key, brand.amount, brand.currency) == ("paid_search", Decimal("1201.00"), "EUR")
        assert (brand.starts_on, brand.ends_on) == (date(2026, 1, 1), date(2026, 1, 31))

    def test_again_it_changes_nothing_and_corrected_it_is_corrected(self, take: Import) -> None:
        take(self.REPORT)
        assert counts(take(self.REPORT)) == (0, 0, 3, 1)
        assert counts(take(self.REPORT.replace("10.00", "11.00"))) == (0, 1, 2, 1)
        assert Spend.objects.count() == 2

    def test_millionths_devices_and_months(self, take: Import) -> None:
        head = "date,id,campaign_name,device,cost_micros,clicks\n"
        take(f"{head}2026-01-02,7,Brand,MOBILE,36150000,4\n2026-01-02,7,Brand,DESKTOP,1000000,1\n")
        assert Spend.objects.get().amount == Decimal("37.15")
        take("platform,month,total_spend,impressions\nLinkedIn,2026-02,9375,5\n")
        spend = Spend.objects.get(channel__key="linkedin")
        assert (spend.starts_on, spend.ends_on, spend.amount) == (date(2026, 2, 1), date(2026, 2, 28), Decimal(9375))

    def test_the_currency_of_the_name_of_the_column_and_a_total_without_campaign(self, take: Import) -> None:
        head = "Reporting starts,Reporting ends,Campaign name,Amount spent (USD),Reach\n"
        batch = take(f"{head}2026-01-01,2026-01-31,,12.50,9\n2026-01-01,2026-01-31,Brand,12.50,9\n")
        assert counts(batch) == (1, 0, 0, 1)
        spend = Spend.objects.get()
        assert (spend.channel.key, spend.currency, spend.amount) == ("paid_social", "USD", Decimal("12.50"))

    def test_a_wrong_currency_names_its_line(self, take: Import) -> None:
        batch = take("day,channel,campaign,cost,currency,clicks\n2026-01-02,a,b,5,EUR,1\n2026-01-02,a,b,6,??,1\n")
        assert counts(batch) == (1, 0, 0, 1)
        assert (batch.problems.get().line, batch.problems.get().code) == (3, "invalid_currency")


class TestCompanies:
    CONTENT = (
        "Account Name,Website,Industry,Employees,Billing Country\nAcme,acme.example,Steel,120,Portugal\nBeta,,,x,\n"
    )

    def test_they_are_found_made_and_completed(self, take: Import, make_lead: Callable[..., Lead]) -> None:
        lead = make_lead(email="ann@acme.example", company="Acme")
        batch = take(self.CONTENT)
        assert (batch.kind, counts(batch), batch.incomplete) == ("companies", (1, 1, 0, 0), 1)
        lead.refresh_from_db()
        acme = lead.company
        assert acme is not None
        assert (acme.domain, acme.industry, acme.employees, acme.country) == ("acme.example", "Steel", 120, "PT")
        assert counts(take(self.CONTENT)) == (0, 0, 2, 0)
        assert Company.objects.count() == 2


class TestActivities:
    CONTENT = (
        "email,event type,timestamp,page url,user agent\n"
        "ann@x.example,page view,2026-02-01 10:00:00,https://own.example/pricing,\n"
        "ann@x.example,OPEN,2026-02-01 11:00:00,,Googlebot/2.1\n"
        "bob@x.example,SENT,2026-02-01 11:00:00,,\n"
        "bob@x.example,danced,2026-02-01 11:00:00,,\n"
    )

    def test_what_leads_did(self, take: Import) -> None:
        batch = take(self.CONTENT)
        assert (batch.kind, counts(batch)) == ("activities", (2, 0, 0, 2))
        view, opened = Activity.objects.order_by("occurred_at")
        assert (view.type.key, view.page and view.page.key) == ("page_view", "/pricing")
        assert (opened.type.key, opened.machine) == ("email_opened", 1)
        assert Lead.objects.get().imported.batch == batch
        assert [problem.code for problem in batch.problems.all()] == ["nothing_done", "unknown_type"]
        assert counts(take(self.CONTENT)) == (0, 0, 2, 2)

    def test_one_type_for_all_rows_and_ids_of_the_sender(self, take: Import) -> None:
        content = "contact_id,form_id,conversion_id,timestamp,title\n7,1,c1,2026-02-01,Guide\n7,1,c2,2026-02-01,Guide\n"
        batch = take(content)
        assert (counts(batch), batch.system) == ((2, 0, 0, 0), "hubspot")
        assert {activity.type.key for activity in Activity.objects.all()} == {"form_submitted"}
        assert counts(take(content)) == (0, 0, 2, 0)


class TestDeals:
    HEAD = "Deal ID,Email,Deal Stage,Close Date,Amount,Created\n"
    CONTENT = (
        f"{HEAD}1,ann@x.example,Closed Won,2026-02-01,100,x\n2,bob@x.example,Closed Lost,2026-02-02,50,x\n"
        "3,cid@x.example,Qualified to buy,2026-02-03,75,x\n4,dan@x.example,Closed Won,,10,x\n"
    )

    def test_only_won_ones_make_customers(self, take: Import, make_lead: Callable[..., Lead], now: datetime) -> None:
        ann, bob, cid, dan = (make_lead(email=f"{name}@x.example") for name in ("ann", "bob", "cid", "dan"))
        batch = take(self.CONTENT)
        assert (batch.kind, counts(batch)) == ("outcomes", (0, 2, 1, 1))
        for lead in (ann, bob, cid, dan):
            lead.refresh_from_db()
        assert (ann.is_customer, ann.amount) == (True, Decimal(100))
        assert (bob.is_lost, bob.is_customer) == (True, False)
        assert not cid.is_closed
        assert not dan.is_customer
        assert batch.problems.get().code == "no_day"
        assert Deal.objects.filter(is_won=True).count() == 1
        assert counts(take(self.CONTENT)) == (0, 0, 3, 1)

    def test_of_two_leads_neither_is_taken(self, take: Import, make_lead: Callable[..., Lead]) -> None:
        make_lead(email="ann@x.example")
        make_lead(email="bob@x.example", external_id="77")
        batch = take("external_id,email,won_at,amount\n77,ann@x.example,2026-02-01,100\n", kind="outcomes")
        assert counts(batch) == (0, 0, 0, 1)
        assert batch.problems.get().code == "identity_conflict"
        assert not Deal.objects.exists()

    def test_the_words_are_shown_and_can_be_said_otherwise(
        self, make_lead: Callable[..., Lead], take: Import, now: datetime
    ) -> None:
        file = io.BytesIO(self.CONTENT.encode())
        batch = new_batch(file, name="f.csv", time_zone="UTC", actor=None, now=now)
        assert [(word, rows, str(means)) for word, rows, means in stages_of(batch, file)] == [
            ("Closed Won", 2, "won"),
            ("Closed Lost", 1, "lost"),
            ("Qualified to buy", 1, "open"),
        ]
        batch.stages = {"qualified to buy": "won"}
        assert {word: str(means) for word, _rows, means in stages_of(batch, file)}["Qualified to buy"] == "won"

    def test_yes_or_no_with_one_day_for_all(self, take: Import, make_lead: Callable[..., Lead]) -> None:
        ann, bob = make_lead(email="ann@x.example"), make_lead(email="bob@x.example")
        content = "email,is customer,order id\nann@x.example,yes,1\nbob@x.example,no,2\n"
        batch = take(content, kind="outcomes", closed_at="2026-02-01")
        assert counts(batch) == (0, 1, 1, 0)
        ann.refresh_from_db()
        bob.refresh_from_db()
        assert ann.customer_at == datetime(2026, 2, 1, tzinfo=UTC)
        assert not bob.is_closed


class TestCommand:
    def test_without_a_kind_it_says_what_the_file_is(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = tmp_path / "people.csv"
        path.write_text("email,name\nann@x.example,Ann\n")
        call_command("import", path)
        assert capsys.readouterr().out.startswith("This is a list of leads: import it as leads.")
        assert not Lead.objects.exists()
        path.write_text("guid,form_type,submit_text\n1,2,3\n")
        with pytest.raises(CommandError, match="a list of forms"):
            call_command("import", path)

    def test_as_json(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = tmp_path / "people.csv"
        path.write_text("email,name\nann@x.example,Ann\nnobody,Bob\n")
        call_command("import", path, "--kind", "leads", "--dry-run", "--format", "json")
        tried = json.loads(capsys.readouterr().out)
        assert (tried["new"], tried["not_used"], tried["is_dry_run"], tried["qualifying"]) == (1, 1, True, 0)
        assert tried["problems"][0]["line"] == 3
        call_command("import", path, "--kind", "leads", "--format", "json")
        done = json.loads(capsys.readouterr().out)
        assert (done["new"], done["as_before"], done["import"]) == (1, 0, str(ImportBatch.objects.get().public_id))

    def test_what_holds_for_every_row(self, tmp_path: Path) -> None:
        path = tmp_path / "hits.csv"
        path.write_text("email,when\nann@x.example,2026-02-01\n")
        call_command(
            "import", path, "--kind", "activities", "--map", "email=email", "--map", "occurred_at=when", "--set",
            "type=page_view", "--set", "channel=partner",
        )  # fmt: skip
        activity = Activity.objects.get()
        assert (activity.type.key, activity.channel and activity.channel.key) == ("page_view", "partner")

    def test_a_value_for_every_row_that_is_none(self, tmp_path: Path) -> None:
        path = tmp_path / "hits.csv"
        path.write_text("email,is customer\nann@x.example,yes\n")
        with pytest.raises(CommandError, match="is no date"):
            call_command("import", path, "--kind", "outcomes", "--set", "closed_at=soon")
