"""Error reports without people: the default filter hides passwords, this one hides every value."""

from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class OpaqueReporterFilter(SafeExceptionReporterFilter):
    """Outside DEBUG a report says where it failed and on what types, not on whose data.

    Set DEFAULT_EXCEPTION_REPORTER_FILTER to it.
    """

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        if request is None or not self.is_active(request):
            return super().get_post_parameters(request)
        return dict.fromkeys(request.POST, self.cleansed_substitute)

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> Any:
        if not self.is_active(request):
            return super().get_traceback_frame_variables(request, tb_frame)
        return [(name, type(value).__name__) for name, value in tb_frame.f_locals.items()]
