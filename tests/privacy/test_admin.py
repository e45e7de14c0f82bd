import pytest
from django.contrib import admin
from django.contrib.admin.templatetags.admin_list import result_list
from django.contrib.auth import get_user_model
from django.contrib.messages.storage.base import BaseStorage

from privacy.admin import MaskedAdmin
from privacy.masks import mask_all, mask_email, mask_name, mask_tail, show
from privacy.registry import (
    Blank,
    Category,
    Personal,
    PersonalData,
    register,
)
from privacy.registry import (
    mask_email as email_mask,
)

from .letters import Letter

pytestmark = pytest.mark.usefixtures("fresh_register")


class LetterAdmin(MaskedAdmin):
    list_display = ("id", "email", "name", "pages")


@pytest.fixture
def letter_admin():
    @register(Letter)
    class LetterData(PersonalData):
        fields = {
            "email": Personal(Category.CONTACT, "E-mail", erase=Blank(), mask=email_mask),
            "name": Personal(Category.IDENTITY, "Name", erase=Blank(), mask=mask_name),
        }

    return LetterAdmin(Letter, admin.AdminSite())


@pytest.fixture
def staff_request(rf, db):
    def request(method="get", data=None):
        made = getattr(rf, method)("/", data)
        made.user = get_user_model().objects.create_superuser("staff@example.org", "secret")
        made._messages = BaseStorage(made)
        return made

    return request


def test_a_list_shows_masks_and_pays_no_query_for_each_row(
    letter_admin, staff_request, anna, bert, django_assert_max_num_queries
):
    for subject in (anna, bert) * 5:
        Letter.objects.create(subject=subject, email="jane@shop.example", name="Jane Doe")
    request = staff_request()

    changelist = letter_admin.get_changelist_instance(request)
    columns = letter_admin.get_list_display(request)
    with django_assert_max_num_queries(1):
        shown = [
            [column(row) for column in columns if callable(column)]
            for row in changelist.get_queryset(request)
        ]

    assert shown == [["j•••@s•••", "J••• D•••"]] * 10


def test_a_list_shows_nothing_of_an_erased_person(letter_admin, staff_request, anna):
    Letter.objects.create(subject=anna, email="jane@shop.example")
    anna.key.delete()
    request = staff_request()

    changelist = letter_admin.get_changelist_instance(request)
    changelist.formset = None
    rows = [cell for row in result_list(changelist)["results"] for cell in row]

    assert len(rows) == 5
    assert "jane" not in "".join(rows)
    assert '<td class="field-email">-</td>' in rows


def test_its_form_has_the_admins_widgets(letter_admin, staff_request):
    form = letter_admin.get_form(staff_request(), fields=["note", "born_on"])

    assert form.base_fields["note"].widget.attrs["class"] == "vLargeTextField"
    assert "vDateField" in form.base_fields["born_on"].widget.attrs["class"]


def test_the_log_of_changes_names_columns_only(letter_admin, staff_request, anna):
    letter = Letter.objects.create(subject=anna, email="jane@shop.example")
    form_class = letter_admin.get_form(staff_request(), fields=["email", "pages"])
    form = form_class({"email": "new@shop.example", "pages": 2}, instance=letter)
    form.is_valid()

    message = letter_admin.construct_change_message(None, form, [])

    assert message == [{"changed": {"fields": ["E-mail", "Pages"]}}]


@pytest.mark.parametrize(
    ("mask", "value", "masked"),
    [
        (mask_email, "jane@example.com", "j•••@e•••"),
        (mask_email, "", ""),
        (mask_email, "nonsense", "•••"),
        (mask_name, "Anna Weber", "A••• W•••"),
        (mask_tail, "+49305550199", "•••99"),
        (mask_tail, "12", "•••"),
        (mask_all, "anything", "•••"),
        (mask_all, None, ""),
        (show, "K7-1", "K7-1"),
    ],
)
def test_masks(mask, value, masked):
    assert mask(value) == masked


def test_the_engines_own_pages_can_be_looked_at(admin_client, anna):
    for model in ("datasubject", "processor", "disclosure", "auditevent"):
        assert admin_client.get(f"/admin/privacy/{model}/").status_code == 200
    assert admin_client.get(f"/admin/privacy/datasubject/{anna.pk}/change/").status_code == 200
    assert admin_client.post("/admin/privacy/datasubject/add/").status_code == 403
