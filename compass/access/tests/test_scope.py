from __future__ import annotations

import pytest
from django.db import connection


@pytest.mark.django_db
def test_it_works():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("compass_app",)
