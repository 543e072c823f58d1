from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "minzheng.sectors.care"
    label = "care"

    def ready(self) -> None:
        from minzheng.sectors.care import queries

        queries.register_kinds()
