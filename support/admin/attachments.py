from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path

from support.models import Attachment
from support.views.attachments import attachment_for_staff


@admin.register(Attachment)
class AttachmentAdmin(admin.ModelAdmin[Attachment]):
    """Only the address under which agents see evidence: nothing is listed or changed here."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(attachment_for_staff)
        return [path("<str:reference>/file/", view, name="support_attachment_file")]
