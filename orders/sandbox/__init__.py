"""A payment provider to practise with: it speaks the few Stripe calls the shop uses, and moves no money.

A process of its own (`python -m orders.sandbox`), on its own port, knowing nothing of the shop but a webhook
address. It keeps sessions, payments, refunds and events, and nothing of what is typed into the card fields.
"""
