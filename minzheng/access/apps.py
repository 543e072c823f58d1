from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "minzheng.access"
    label = "access"
