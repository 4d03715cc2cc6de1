"""The one error of this package: a template that can not be applied."""


class TemplateError(Exception):
    """Says where (template, resource, property) and what is wrong there."""

    def __init__(self, template: str, where: str, what: str) -> None:
        super().__init__(f"{template}: {where}: {what}" if where else f"{template}: {what}")
