"""The smallest announcement: for everybody, without limits."""

import factory

from medkarta.pages.models import Announcement


class AnnouncementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Announcement

    title = factory.Sequence(lambda n: f"Объявление {n}")
