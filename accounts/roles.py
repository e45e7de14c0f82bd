"""What staff may do by their work: each role is a group of Django's with the least rights that do the job.

Nobody gets rights one by one. Who does two jobs has two roles; the owner (superuser) needs none.
"""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User

CATALOGUE_WORK = (
    "attribute",
    "attributevalue",
    "brand",
    "category",
    "picture",
    "price",
    "product",
    "stockmovement",
    "variant",
)
EVERY_ACT = ("view", "add", "change", "delete")

ROLES: dict[str, tuple[str, ...]] = {
    # Answers questions. Sees an order's goods and states; name, address and phone stay masked.
    "support": (
        "support.view_ticket",
        "support.change_ticket",
        "support.view_macro",
        "support.view_tag",
        "support.add_tag",
        "support.view_holiday",
        "orders.view_order",
    ),
    # Packs and sends, so needs the address; reads no conversation.
    "fulfilment": (
        "orders.view_order",
        "orders.change_order",
        "orders.view_orderreview",
        "orders.change_orderreview",
        "orders.view_deliverymethod",
    ),
    # Keeps the goods in order; sees no person.
    "catalogue": (
        *(f"catalogue.{act}_{model}" for model in CATALOGUE_WORK for act in EVERY_ACT),
        "catalogue.view_market",
        "orders.view_deliverymethod",
    ),
    # Writes to those who asked for it, without seeing who they are.
    "marketing": (
        "accounts.view_campaign",
        "accounts.add_campaign",
        "accounts.change_campaign",
        "catalogue.view_product",
    ),
    # Helps people with their rights; alone with the owner reads what is asked about them.
    "privacy": (
        "support.view_ticket",
        "support.change_ticket",
        "support.view_macro",
        "support.view_tag",
        "privacy.view_privacyrequest",
        "privacy.add_privacyrequest",
        "privacy.change_privacyrequest",
        "privacy.view_restriction",
        "privacy.view_consentrecord",
        "privacy.view_datasubject",
        "privacy.view_disclosure",
        "privacy.view_erasurenotice",
        "privacy.change_erasurenotice",
        "privacy.view_processor",
        "privacy.change_processor",
        "privacy.view_facility",
        "privacy.add_facility",
        "privacy.change_facility",
        "privacy.view_auditevent",
        "privacy.view_policyversion",
        "privacy.add_policyversion",
        "privacy.change_policyversion",
        "privacy.view_policytext",
        "privacy.add_policytext",
        "privacy.change_policytext",
        "privacy.view_purgerun",
        "privacy.view_legalhold",
        "privacy.add_legalhold",
        "privacy.change_legalhold",
        "privacy.view_accessgrant",
        "privacy.change_accessgrant",
        "privacy.view_staffviolation",
        "privacy.change_staffviolation",
        "privacy.view_mention",
        "privacy.change_mention",
    ),
    # Reads what the tax offices may ask for, and nothing of the shop that is open today.
    "auditor": ("orders.view_taxrecord",),
    # Looks after children and speaks with their guardians; alone with the owner opens what is kept of them.
    "guardians": (
        "support.view_ticket",
        "support.change_ticket",
        "support.view_macro",
        "support.view_tag",
        "orders.view_order",
        "privacy.view_privacyrequest",
        "privacy.view_minorcase",
        "privacy.add_minorcase",
        "privacy.change_minorcase",
    ),
}
OWNER = "owner"


class UnknownPermission(LookupError):
    """A role names a permission that no app has."""


@transaction.atomic
def make_roles() -> None:
    """Write the table above into the database: each group has these rights afterwards and no other."""
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    for name, rights in ROLES.items():
        if missing := set(rights) - set(known):
            raise UnknownPermission(", ".join(sorted(missing)))
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.set(known[right] for right in rights)


def give(user: User, role: str) -> None:
    """A role lets its holder into the back office."""
    user.groups.add(Group.objects.get(name=role))
    user.is_staff = True
    user.save(update_fields=["is_staff"])


def holders(role: str) -> QuerySet[User]:
    """Who has a role; the owner does the work that nobody else has."""
    staff = User.objects.filter(is_active=True, is_staff=True)
    with_role = staff.filter(groups__name=role)
    return with_role if with_role.exists() else staff.filter(is_superuser=True)


def role_of(user: User) -> str:
    """What a customer is told of who looked at their data: the work, never the name."""
    if user.is_superuser:
        return OWNER
    names = user.groups.filter(name__in=ROLES).order_by("name").values_list("name", flat=True)
    return "+".join(names) or "staff"
