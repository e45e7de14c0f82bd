from django.urls import path

from support.views import attachments, chat, contact, tickets

app_name = "support"
evidence = [
    path("support/<str:token>/files/<str:reference>/", attachments.attachment, name="attachment"),
    path(
        "account/tickets/<str:ticket>/files/<str:reference>/", attachments.my_attachment, name="my_attachment"
    ),
]

live = [
    path("chat/", chat.start, name="chat_start"),
    path("chat/<str:token>/", chat.chat, name="chat"),
    path("chat/<str:token>/lines/", chat.lines, name="chat_lines"),
    path("chat/<str:token>/events/", chat.events, name="chat_events"),
    path("chat/<str:token>/end/", chat.end, name="chat_end"),
]

urlpatterns = [
    *evidence,
    *live,
    path("contact/", contact.contact, name="contact"),
    path("support/<str:token>/", tickets.ticket, name="ticket"),
    path("support/<str:token>/received/", tickets.received, name="received"),
    path("support/<str:token>/solve/", tickets.solve, name="solve"),
    path("support/<str:token>/rate/", tickets.rate, name="rate"),
    path("account/tickets/", tickets.tickets, name="tickets"),
    path("account/tickets/<str:reference>/", tickets.my_ticket, name="my_ticket"),
    path("account/tickets/<str:reference>/solve/", tickets.solve_mine, name="solve_mine"),
    path("account/tickets/<str:reference>/rate/", tickets.rate_mine, name="rate_mine"),
]
