from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "minzheng.policy"
    label = "policy"
