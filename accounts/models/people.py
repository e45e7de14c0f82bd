from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.fields import encrypt
from privacy.models import DataSubject


class UserManager(BaseUserManager["User"]):
    """Makes each user together with the data subject that everything about the person hangs on."""

    @transaction.atomic
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        subject = DataSubject.objects.create(kind=DataSubject.Kind.ACCOUNT)
        user = self.model(email=self.normalize_email(email).casefold(), subject=subject, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Who signs in. The e-mail is in clear because signing in must find it; all else is encrypted."""

    subject = models.OneToOneField(DataSubject, on_delete=models.PROTECT, related_name="user")
    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    name = encrypt(models.CharField(_("name"), max_length=120, blank=True, default=""))
    phone = encrypt(models.CharField(_("mobile phone"), max_length=32, blank=True, default=""))
    phone_verified_at = models.DateTimeField(_("mobile phone verified"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("ISO code of the market"))
    must_change_password = models.BooleanField(_("must choose a new password"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("may use the back office"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    idle_kept_at = models.DateTimeField(
        _("not used, and something is open"), null=True, blank=True, editable=False
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return f"user {self.pk}"


class Profile(models.Model):
    """What a person may tell of themselves and need not; no page asks for it but the profile's own."""

    subject = models.OneToOneField(DataSubject, on_delete=models.CASCADE, related_name="profile")
    gender = encrypt(models.CharField(_("gender"), max_length=40, blank=True, default=""))
    birth_date = encrypt(models.DateField(_("date of birth"), null=True, blank=True))
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def __str__(self) -> str:
        return f"profile {self.pk}"


class AddressQuerySet(models.QuerySet["Address"]):
    def of(self, subject: DataSubject) -> Self:
        return self.filter(subject=subject).select_related("subject__key")


class Address(models.Model):
    """An entry of somebody's address book. Orders keep a copy of their own."""

    subject = models.ForeignKey(DataSubject, on_delete=models.CASCADE, related_name="addresses")
    country = models.CharField(_("country"), max_length=2)
    name = encrypt(models.CharField(_("name"), max_length=120))
    company = encrypt(models.CharField(_("company"), max_length=120, blank=True, default=""))
    street = encrypt(models.CharField(_("street and number"), max_length=250))
    postcode = encrypt(models.CharField(_("postcode"), max_length=20, blank=True, default=""))
    city = encrypt(models.CharField(_("city"), max_length=120, blank=True, default=""))
    region = encrypt(models.CharField(_("region"), max_length=120, blank=True, default=""))
    is_default = models.BooleanField(_("used first"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ["-is_default", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=models.Q(is_default=True), name="one_default_address"
            )
        ]

    def __str__(self) -> str:
        return f"address {self.pk}"
