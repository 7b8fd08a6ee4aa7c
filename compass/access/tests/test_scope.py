from __future__ import annotations

import psycopg
import pytest
from django.db import connection

from compass.access import scope
from compass.access.actor import Actor
from compass.access.work import unit_of_work
from compass.trail.models import Entry
from compass.problems import NoScope


@pytest.mark.django_db
def test_it_works():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("compass_app",)
