"""The back office's pages for people and for what they are told."""

from accounts.admin.campaigns import CampaignAdmin
from accounts.admin.messages import NotificationAdmin, SuppressionAdmin
from accounts.admin.people import UserAdmin

__all__ = ["CampaignAdmin", "NotificationAdmin", "SuppressionAdmin", "UserAdmin"]
