"""The WSGI application of whichever process `COMPASS_PROCESS` names."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compass.config.settings")
application = get_wsgi_application()
