import pytest
from django.core import mail

from accounts import links, newsletter, preferences
from accounts.models import Channel, ChannelPreference, Topic, User
from privacy import gate
from privacy.models import ConsentRecord, DataSubject, SubjectIdentifier, SubjectKey
from privacy.purposes import Purpose
from tests.factories import MarketFactory, ProcessorFactory

pytestmark = pytest.mark.django_db

NEWS_BY_MAIL = "newsletter.email"


def test_advertising_is_off_until_it_is_ticked_and_service_is_on(client, path_of, zoe):
    client.force_login(zoe)

    page = client.get(path_of("accounts:preferences"))

    boxes = {choice.name: choice.is_on for row in page.context["rows"] for choice in row.choices}
    assert boxes[NEWS_BY_MAIL] is False
    assert boxes["support.email"] is True
    assert f'value="{NEWS_BY_MAIL}">' in page.text


@pytest.mark.promise("A-II.2")
def test_ticking_is_consent_with_the_words_on_the_page(client, path_of, zoe):
    client.force_login(zoe)
    page = client.get(path_of("accounts:preferences"))

    client.post(path_of("accounts:preferences"), {"wanted": [NEWS_BY_MAIL]})

    record = ConsentRecord.objects.get(subject=zoe.subject)
    assert (record.purpose, record.channel, record.decision) == ("marketing", "email", "given")
    assert (record.source, record.language) == ("account", "en")
    assert (
        record.wording == "Newsletter by e-mail: What is new with us and how it is made, about once a month."
    )
    assert "What is new with us and how it is made, about once a month." in page.text
    assert gate.permits(zoe.subject, Purpose.MARKETING, "email")
    assert not gate.permits(zoe.subject, Purpose.MARKETING, "sms")


def test_unticking_withdraws_as_easily(client, path_of, zoe):
    client.force_login(zoe)
    client.post(path_of("accounts:preferences"), {"wanted": [NEWS_BY_MAIL, "offers.email"]})

    client.post(path_of("accounts:preferences"), {"wanted": [NEWS_BY_MAIL]})
    still = gate.permits(zoe.subject, Purpose.MARKETING, "email")
    page = client.post(path_of("accounts:preferences"), {}, follow=True)

    assert still
    assert "Your choices are kept" in page.text
    assert not gate.permits(zoe.subject, Purpose.MARKETING, "email")
    assert not preferences.wants(zoe.subject, Topic.NEWSLETTER, Channel.EMAIL)


def test_what_was_withdrawn_elsewhere_does_not_come_back_with_another_topic(client, path_of, zoe):
    client.force_login(zoe)
    client.post(path_of("accounts:preferences"), {"wanted": [NEWS_BY_MAIL, "offers.email"]})
    preferences.consent.withdraw(
        zoe.subject, Purpose.MARKETING, source=ConsentRecord.Source.PAGE, channel="email"
    )

    client.post(path_of("accounts:preferences"), {"wanted": [NEWS_BY_MAIL]})

    assert preferences.wants(zoe.subject, Topic.NEWSLETTER, Channel.EMAIL)
    assert not preferences.wants(zoe.subject, Topic.OFFERS, Channel.EMAIL)


def test_saving_the_same_again_writes_nothing(client, path_of, zoe):
    client.force_login(zoe)
    names = [choice.name for choice in preferences.switches(preferences.rows(zoe.subject)) if choice.is_on]

    client.post(path_of("accounts:preferences"), {"wanted": names})

    assert not ChannelPreference.objects.exists()
    assert not ConsentRecord.objects.exists()


def test_nothing_but_what_is_needed_is_one_button(client, path_of, zoe):
    client.force_login(zoe)
    client.post(path_of("accounts:preferences"), {"wanted": [NEWS_BY_MAIL, "orders.sms"]})

    page = client.post(
        path_of("accounts:preferences"), {"wanted": [NEWS_BY_MAIL], "nothing": "1"}, follow=True
    )

    rows = page.context["rows"]
    assert not [choice for row in rows for choice in row.choices if choice.is_on and choice.can_be_refused]


def test_what_cannot_be_refused_says_why_and_stays_on(client, path_of, zoe):
    client.force_login(zoe)

    page = client.post(path_of("accounts:preferences"), {}, follow=True)

    assert "keep your account safe, so they always come" in page.text
    assert 'value="account.email"' not in page.text
    assert preferences.wants(zoe.subject, Topic.ACCOUNT, Channel.EMAIL)


def test_a_signed_link_opens_the_same_choices_without_cookies(client, path_of, zoe):
    address = path_of("choices:preferences", links.preferences_token(zoe.subject))

    page = client.post(address, {"wanted": [NEWS_BY_MAIL]}, follow=True)

    assert page.status_code == 200
    assert not client.cookies
    assert zoe.email not in page.text
    assert "no-store" in page["Cache-Control"]
    assert ConsentRecord.objects.get(subject=zoe.subject).source == "mail"


def test_a_newsletter_of_the_same_mailbox_shows_in_the_account_and_ends_there(client, path_of, zoe):
    reader = DataSubject.objects.create(kind=DataSubject.Kind.GUEST)
    for subject in (reader, zoe.subject):
        SubjectIdentifier.objects.prove(subject, "email", zoe.email)
    preferences.switch(
        reader, Topic.NEWSLETTER, Channel.EMAIL, is_wanted=True, source=ConsentRecord.Source.MAIL
    )
    client.force_login(zoe)

    page = client.get(path_of("accounts:preferences"))
    client.post(path_of("accounts:preferences"), {"nothing": "1"})

    assert f'value="{NEWS_BY_MAIL}" checked' in page.text
    assert not preferences.wants(reader, Topic.NEWSLETTER, Channel.EMAIL)


def test_asking_in_somebodys_name_takes_no_choice_from_them(client, path_of):
    newsletter.ask("reader@mail.example", language="en", country="DE")
    reader = DataSubject.objects.get(kind=DataSubject.Kind.GUEST)
    newsletter.confirm(reader.pk)
    address = path_of("choices:preferences", links.preferences_token(reader))
    client.post(address, {"wanted": ["offers.email"]})

    newsletter.ask("reader@mail.example", language="en", country="DE")
    client.post(address, {"nothing": "1"})

    assert not preferences.wants(reader, Topic.OFFERS, Channel.EMAIL)


def test_a_changed_link_leads_nowhere(client, path_of, zoe):
    other = DataSubject.objects.create(kind=DataSubject.Kind.GUEST)
    signature = links.preferences_token(zoe.subject).rpartition(".")[2]

    forged = client.get(path_of("choices:preferences", f"{other.pk.hex}.{signature}"))
    lent = client.get(
        path_of("choices:preferences", links.unsubscribe_token(zoe.subject, Topic.OFFERS, Channel.EMAIL))
    )

    assert forged.status_code == lent.status_code == 404


def test_after_an_erasure_the_links_are_dead(client, path_of, zoe):
    tokens = {
        "choices:preferences": links.preferences_token(zoe.subject),
        "choices:unsubscribe": links.unsubscribe_token(zoe.subject, Topic.OFFERS, Channel.EMAIL),
    }
    DataSubject.objects.update(status=DataSubject.Status.ERASED)
    SubjectKey.objects.all().delete()

    answers = {client.post(path_of(name, token)).status_code for name, token in tokens.items()}

    assert answers == {404}


def test_a_link_made_with_an_older_key_still_opens(client, path_of, zoe, settings):
    token = links.preferences_token(zoe.subject)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a newer one"

    page = client.get(path_of("choices:preferences", token))

    assert page.status_code == 200


def test_the_link_is_mailed_to_the_known_and_the_answer_is_the_same(
    client, path_of, zoe, django_capture_on_commit_callbacks
):
    ProcessorFactory(code="mail", kind="messages", purpose="service_message")

    with django_capture_on_commit_callbacks(execute=True):
        known = client.post(path_of("accounts:preferences"), {"email": zoe.email.upper()})
        unknown = client.post(path_of("accounts:preferences"), {"email": "nobody@mail.example"})

    assert known.text == unknown.text
    assert not client.cookies
    assert [letter.to for letter in mail.outbox] == [[zoe.email]]
    assert links.preferences_token(zoe.subject) in mail.outbox[0].body


@pytest.fixture
def zoe(db) -> User:
    return User.objects.create_user("zoe@mail.example", "a kettle full of rain", language="en", country="DE")


@pytest.fixture(autouse=True)
def germany(db):
    return MarketFactory()
