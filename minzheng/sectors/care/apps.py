from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "minzheng.sectors.care"
    label = "care"
