from support.models.desk import Holiday, Macro, Tag
from support.models.tickets import Attachment, Message, Ticket

__all__ = ["Attachment", "Holiday", "Macro", "Message", "Tag", "Ticket"]
