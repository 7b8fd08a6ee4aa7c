"""What a person received."""

from __future__ import annotations

from django.db import models

from compass.people.models.person import AboutPerson


class Service(AboutPerson):
    """A service that a person received: the one source of every figure about services.

    `service` is a code of the catalogue (case-management.md 5.1), `service_class` its reporting class (H, C, R, RI) as
    delivered; `country` is where it was delivered and stays when the record moves. `origin` names the record that
    made it. annulled_at: when it was said to have been recorded by mistake; from then on no figure counts it.
    """

    service = models.CharField(max_length=3)
    service_class = models.CharField(max_length=2)
    country = models.CharField(max_length=2)
    delivered_on = models.DateField()
    quantity = models.DecimalField(max_digits=12, decimal_places=2, default=1)
    provider_id = models.UUIDField()
    origin = models.UUIDField(null=True)
    annulled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["delivered_on", "country", "service_class"], name="people_service_figures")]
