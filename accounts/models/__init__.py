from accounts.models.campaigns import Campaign
from accounts.models.messages import (
    Channel,
    ChannelPreference,
    Notification,
    Subscription,
    Suppression,
    Topic,
)
from accounts.models.people import Address, Profile, User
from accounts.models.sign_ins import KnownDevice, SignIn

__all__ = [
    "Address",
    "Campaign",
    "Channel",
    "ChannelPreference",
    "KnownDevice",
    "Notification",
    "Profile",
    "SignIn",
    "Subscription",
    "Suppression",
    "Topic",
    "User",
]
