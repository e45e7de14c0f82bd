import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
application = get_wsgi_application()

# What is loaded by now stays for good: the garbage collector need not look through it again and again.
gc.freeze()
gc.set_threshold(10_000, 10, 10)
