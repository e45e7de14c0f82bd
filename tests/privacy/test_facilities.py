"""Where data lies, and what the certificates of those places are worth today."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.urls import reverse

from accounts import roles
from privacy import facilities
from privacy.models import Facility
from tests.factories import AgentFactory, FacilityFactory, MarketFactory, ProcessorFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to("2026-11-22T12:00:00Z")


@pytest.fixture
def production(settings):
    settings.DEMO = False


@pytest.fixture
def keeper(client):
    """Somebody of the privacy role, signed in."""
    roles.make_roles()
    user = AgentFactory()
    roles.give(user, "privacy")
    client.force_login(user)
    return client


def warnings():
    return [f"{one.id} {one.msg}" for one in facilities.check_facilities(databases=["default"])]


@pytest.mark.promise("A-V.2")
@pytest.mark.parametrize(
    ("until", "said"),
    [
        (TODAY + timedelta(days=31), []),
        (TODAY + timedelta(days=30), ["privacy.W103 The certificate of North Hall ends on 2026-12-22."]),
        (TODAY, ["privacy.W103 The certificate of North Hall ends on 2026-11-22."]),
        (
            TODAY - timedelta(days=1),
            ["privacy.W103 The certificate of North Hall is missing or has lapsed."],
        ),
    ],
)
def test_a_check_warns_a_month_before_a_certificate_ends(until, said):
    FacilityFactory(valid_from="2020-01-01", valid_until=until)

    assert warnings() == said


@pytest.mark.promise("A-V.2")
def test_a_place_without_a_certificate_and_one_that_does_not_hold_yet_are_found():
    FacilityFactory(certificate="", certificate_number="", valid_from=None, valid_until=None)
    FacilityFactory(name="South Hall", valid_from=TODAY + timedelta(days=1))

    assert [line.split(" of ")[1] for line in warnings()] == [
        "North Hall is missing or has lapsed.",
        "South Hall is missing or has lapsed.",
    ]


@pytest.mark.promise("A-V.2")
def test_a_production_shop_that_names_no_place_is_told_so(production):
    assert warnings() == ["privacy.W103 Nobody has written down where the data lies."]


def test_the_demo_may_do_without_and_nothing_is_read_unless_asked_for(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert facilities.check_facilities(databases=None) == []

    assert warnings() == []


@pytest.mark.promise("A-V.2")
def test_the_command_prints_it(capsys):
    FacilityFactory(valid_until=TODAY + timedelta(days=5))

    call_command("check", databases=["default"])

    assert "(privacy.W103) The certificate of North Hall ends on" in capsys.readouterr().err


@pytest.mark.promise("A-V.1", "A-V.2")
def test_everybody_reads_where_each_store_lies_and_until_when_it_is_certified(client, path_of):
    MarketFactory()
    FacilityFactory(operator=ProcessorFactory(code="host", name="Hosting House", kind="hosting"))
    FacilityFactory(
        name="Old Vault", stores=["backups"], country="FR", valid_from="2020-01-01", valid_until="2021-01-01"
    )

    page = client.get(path_of("privacy:data_map")).text

    for words in (
        "Pictures and files",
        "North Hall, Germany (EU); operated by Hosting House",
        "ISO/IEC 27001 N-7, valid until 22 November 2027",
        "Old Vault, France (EU)",
        'badge--bad">valid from 1 January 2020 to 1 January 2021 only',
    ):
        assert words in page
    assert page.count("North Hall") == 2  # the database and the files
    assert page.count("badge--bad") == 1


def test_nothing_is_said_of_places_nobody_has_written_down(client, path_of):
    MarketFactory()

    assert "Where it lies" not in client.get(path_of("privacy:data_map")).text


@pytest.mark.promise("A-V.2")
def test_staff_see_in_red_what_ends_within_a_month(keeper):
    FacilityFactory(valid_until=TODAY + timedelta(days=31))
    before = keeper.get(reverse("admin:privacy_facility_changelist")).text
    Facility.objects.update(valid_until=TODAY + timedelta(days=30))
    after = keeper.get(reverse("admin:privacy_facility_changelist")).text

    assert "icon-yes" in before
    assert "icon-no" not in before
    assert "icon-no" in after


def test_the_privacy_role_writes_a_place_down(keeper):
    values = {
        "name": "North Hall",
        "stores": ["database", "mail"],
        "country": "DE",
        "region": "EU",
        "certificate": "ISO/IEC 27001",
        "checked_on": "2026-11-22",
    }
    without_days = keeper.post(reverse("admin:privacy_facility_add"), values)
    keeper.post(
        reverse("admin:privacy_facility_add"),
        {**values, "valid_from": "2026-01-01", "valid_until": "2027-01-01"},
    )

    assert "A certificate has a first and a last day." in without_days.text
    assert Facility.objects.get().stores == ["database", "mail"]


@pytest.mark.parametrize("days", [(None, TODAY), (TODAY, None), (TODAY, TODAY - timedelta(days=1))])
def test_the_database_takes_no_certificate_without_its_days(days):
    first, last = days

    with pytest.raises(IntegrityError):
        FacilityFactory(valid_from=first, valid_until=last)


def test_only_the_privacy_role_sees_them(client):
    roles.make_roles()
    agent = AgentFactory()
    roles.give(agent, "support")
    client.force_login(agent)

    assert client.get(reverse("admin:privacy_facility_changelist")).status_code == 403
