from support.admin.prepared import HolidayAdmin, MacroAdmin, TagAdmin
from support.admin.tickets import TicketAdmin

__all__ = ["HolidayAdmin", "MacroAdmin", "TagAdmin", "TicketAdmin"]
