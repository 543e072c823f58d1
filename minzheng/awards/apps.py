from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AwardsConfig(AppConfig):
    name = "minzheng.awards"
    label = "awards"

    def ready(self) -> None:
        from minzheng.awards import handlers, providers, queries, terms
        from minzheng.cases import effects, renewal
        from minzheng.papers import catalogue

        here = Path(__file__).parent
        for papers in (here / "papers.yaml", here / "reviews" / "papers.yaml"):
            catalogue.add(papers)
        handlers.register()
        providers.register()
        effects.provide(queries.effect_of)
        renewal.provide(terms.begins_after, terms.applying_again)
        post_migrate.connect(_store_overlaps, sender=self)


def _store_overlaps(using: str, **_: Any) -> None:
    """What excludes what is known to the database as soon as its table is."""
    from django.db import connections

    from minzheng.awards import overlaps
    from minzheng.awards.models import Overlap

    if Overlap._meta.db_table in connections[using].introspection.table_names():
        overlaps.store(using)
